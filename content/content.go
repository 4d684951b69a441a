// Package content is what the editors write: courses, pages, forms, letters and the facts of the
// whole site. It carries the files as they stood when the program was built; reading and checking
// them is the work of others.
package content

import "embed"

// Files holds the folders courses, forms, images, letters and pages, and site.yaml, by these names.
// (The pictures are "all", since there may be none, and then a hidden file keeps their folder.)
//
//go:embed courses forms letters pages site.yaml all:images
var Files embed.FS

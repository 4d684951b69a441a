// Package content is what the editors write: courses, pages, forms, letters, schemes and the facts
// of the whole site. It carries the files as they stood when the program was built; reading and
// checking them is the work of others.
package content

import "embed"

// Files holds the folders courses, documents, forms, images, letters, pages, schemes, services and
// sheets, and site.yaml. (Documents and pictures are "all", since there may be none, and then a
// hidden file keeps their folder.)
//
//go:embed courses forms letters pages schemes services sheets site.yaml all:documents all:images
var Files embed.FS

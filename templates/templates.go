// Package templates holds the HTML, the style and the script of every page.
package templates

import "embed"

// Files are layout.html, the folders of templates that page.New reads, and assets for the build.
//
//go:embed layout.html pages questions blocks partials assets
var Files embed.FS

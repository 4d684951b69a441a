package main

import (
	"traininghub/internal/letter"
	"traininghub/internal/office"
)

// storyLetters are those of all stories that the hub knows.
func storyLetters() letter.Table { return office.Letters() }

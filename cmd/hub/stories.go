package main

import (
	"traininghub/internal/intake"
	"traininghub/internal/letter"
)

// storyLetters are those of all stories that the hub knows.
func storyLetters() letter.Table { return letter.Join(intake.Letters()) }

package main

import (
	"traininghub/internal/intake"
	"traininghub/internal/letter"
	"traininghub/internal/money"
	"traininghub/internal/office"
	"traininghub/internal/web"
	"traininghub/internal/web/apply"
	webclaim "traininghub/internal/web/claim"
	"traininghub/internal/web/practice"
	"traininghub/internal/web/review"
	"traininghub/internal/web/status"
)

// What the hub is made of on one machine: a new story has its letters, its desk and its pages here.

// storyLetters are the letters of all stories.
func storyLetters() letter.Table { return office.Letters() }

// storyOffice is the office, with all stories beside applications.
func storyOffice(applications *intake.Desk) *office.Desk {
	d := office.New(applications)
	money.Join(d, money.Sources{})
	return d
}

// storyPages are the pages of all audiences.
func storyPages(*office.Desk) []web.Part {
	return []web.Part{apply.Routes, practice.Routes, status.Routes, review.Routes, webclaim.Routes}
}

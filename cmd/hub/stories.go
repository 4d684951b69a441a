package main

import (
	"traininghub/internal/attend"
	"traininghub/internal/behind"
	"traininghub/internal/correction"
	"traininghub/internal/intake"
	"traininghub/internal/letter"
	"traininghub/internal/letters"
	"traininghub/internal/money"
	"traininghub/internal/office"
	"traininghub/internal/page"
	"traininghub/internal/pdf"
	"traininghub/internal/record"
	"traininghub/internal/returns"
	"traininghub/internal/web"
	"traininghub/internal/web/apply"
	webattend "traininghub/internal/web/attend"
	webclaim "traininghub/internal/web/claim"
	"traininghub/internal/web/compare"
	weboffice "traininghub/internal/web/office"
	"traininghub/internal/web/practice"
	webreturns "traininghub/internal/web/returns"
	"traininghub/internal/web/review"
	"traininghub/internal/web/status"
	webwalled "traininghub/internal/web/walled"
	"traininghub/internal/workbook"
)

// What the hub is made of on one machine: a new story has its letters, its desk and its pages here.

// storyLetters are the letters of all stories.
func storyLetters() letter.Table { return letters.All() }

// storyOffice is the office, with all stories beside applications. hub may be nil if only the kinds
// of records matter.
func storyOffice(applications *intake.Desk, hub *page.Site) *office.Desk {
	d := office.New(applications)
	d.Book = workbook.Write
	correction.Join(d)
	attendance := attend.Join(d, hub)
	claims := money.Join(d, money.Sources{Came: attendance.Came, Finished: attendance.Finished})
	attendance.Charges = attend.LedgerOf(attendance, claims)
	heard := money.Heard(d)
	returns.Join(d, returns.Sources{Certificates: attendance.Certificates, Heard: heard.Mentors, Counts: heard.Counts})
	return d
}

// allKinds are the kinds of record of both stores.
func allKinds() []record.Kind {
	return append(storyOffice(&intake.Desk{}, nil).Kinds(), behind.Open(&intake.Desk{}, nil).Kinds()...)
}

// walledPages are the pages of all audiences behind the wall.
func walledPages(w *behind.Stories) []web.Part { return webwalled.Pages(w, pdf.Blank) }

// storyPages are the pages of all audiences.
func storyPages(*office.Desk) []web.Part {
	return []web.Part{apply.Routes, compare.Routes, practice.Routes, status.Routes, review.Routes, webclaim.Routes, webreturns.Routes, webattend.Routes, weboffice.Routes}
}

// Package letters is the one table of all letters that the hub sends, on both sides of the wall.
// Who reads the editors' letters needs it whole: a letter that is in no table is a mistake of
// theirs. A new story adds its own table here.
package letters

import (
	"traininghub/internal/attend"
	"traininghub/internal/letter"
	"traininghub/internal/mentoring"
	"traininghub/internal/office"
	"traininghub/internal/pair"
	"traininghub/internal/register"
	"traininghub/internal/returns"
	"traininghub/internal/wall"
)

// All are the letters of all stories.
func All() letter.Table {
	return letter.Join(office.Letters(), attend.Letters.Needing(letter.NeedsAttendance), returns.Letters.Needing(letter.NeedsScheme),
		letter.Join(wall.Letters, mentoring.Letters, register.Letters, pair.Letters).Needing(letter.NeedsMentoring))
}

package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"traininghub/internal/form"
	"traininghub/internal/record"
	"traininghub/internal/staff"
)

// Searching is the question for what to search for.
var Searching = form.Section{ID: "search", Questions: []form.Question{form.Ask(form.Question{
	ID: "search", Kind: form.Text, Label: "Search all applications", InMessages: "a reference, a name or a GMC number", Hint: "By reference, name or GMC number", Width: 20,
	Rule: "required,max=200", Messages: map[string]string{"max": "What you search for must be 200 characters or less"},
})}}

// Search finds applications that they may see: by reference, with or without its hyphens; by GMC number; or by words of
// the applicant's name, small letters and letters without their accents being as good as others. Those that came in last are
// first, PerPage at most; total counts all.
func (d *Desk) Search(ctx context.Context, s *staff.Person, text string) (lines []Brief, total int, err error) {
	compact := strings.ToUpper(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, text))
	if len(compact) == 10 {
		if ref := compact[:2] + "-" + compact[2:6] + "-" + compact[6:]; IsReference(ref) {
			a, err := d.forStaff(ctx, s, ref)
			if err == nil {
				return []Brief{a.Brief()}, 1, nil
			}
			if !errors.Is(err, ErrNoApplication) {
				return nil, 0, err
			}
		}
	}
	if gmc := strings.TrimPrefix(compact, "C"); gmcNumber.MatchString(gmc) {
		all, err := d.byGMC(ctx, gmc)
		if err != nil {
			return nil, 0, err
		}
		lines = slices.DeleteFunc(all, func(b Brief) bool { return !s.May(staff.Read, staff.Course(b.Course)) })
		return lines, len(lines), nil
	}
	words := strings.Fields(fold(text))
	if len(words) == 0 {
		return nil, 0, nil
	}
	longest := slices.MaxFunc(words, func(a, b string) int { return len(a) - len(b) })
	has, _ := json.Marshal(longest) // of a string: cannot fail
	for rec, err := range d.merged(ctx, shelves(s, Filter{}), record.Range{Has: has[1 : len(has)-1]}) {
		if err != nil {
			return nil, 0, fmt.Errorf("searching: %w", err)
		}
		b, err := d.briefOf(rec)
		if err != nil {
			return nil, 0, err
		}
		if slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(b.Folded, w) }) {
			continue
		}
		total++
		lines = append(lines, b)
		if len(lines) >= 2*PerPage {
			lines = newest(lines)
		}
	}
	return newest(lines), total, nil
}

var gmcNumber = regexp.MustCompile(`^[0-9]{7}$`)

// newest are the PerPage that came in last.
func newest(lines []Brief) []Brief {
	slices.SortFunc(lines, func(a, b Brief) int { return b.Received.Compare(a.Received) })
	return lines[:min(len(lines), PerPage)]
}

// byGMC are the applications that were sent with a GMC number, those that came in last first.
func (d *Desk) byGMC(ctx context.Context, gmc string) ([]Brief, error) {
	records, err := d.Store.Find(ctx, record.ByNumber, gmc)
	if err != nil {
		return nil, fmt.Errorf("finding a GMC number: %w", err)
	}
	var all []Brief
	for _, r := range records {
		if r.Shelf == "" {
			continue
		}
		b, err := d.briefOf(r)
		if err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	slices.SortFunc(all, func(a, b Brief) int { return b.Received.Compare(a.Received) })
	return all, nil
}

// plain are the letters of European languages without what stands above, below or across them.
var plain = func() map[rune]string {
	m := map[rune]string{'æ': "ae", 'œ': "oe", 'ß': "ss", 'þ': "th", 'ð': "d", 'ø': "o", 'ł': "l", 'đ': "d", 'ħ': "h", 'ı': "i", 'ŋ': "n", 'ŧ': "t", '’': "'", '‘': "'", '‐': "-", '‑': "-"}
	for base, with := range map[string]string{
		"a": "àáâãäåāăąǎȁȃȧạảấầẩẫậắằẳẵặ", "c": "çćĉċč", "d": "ďḍḑ", "e": "èéêëēĕėęěȅȇẹẻẽếềểễệ", "g": "ĝğġģǧǵ", "h": "ĥḥȟ",
		"i": "ìíîïĩīĭįǐȉȋỉị", "j": "ĵ", "k": "ķǩ", "l": "ĺļľŀ", "m": "ḿṃ", "n": "ñńņňǹṇ", "o": "òóôõöōŏőơǒǫȍȏọỏốồổỗộớờởỡợ",
		"r": "ŕŗřȑȓṛ", "s": "śŝşšșṣ", "t": "ţťțṭ", "u": "ùúûüũūŭůűųưǔȕȗụủứừửữự", "w": "ŵẁẃẅ", "y": "ýÿŷỳỵỷỹ", "z": "źżžẓ",
	} {
		for _, r := range with {
			m[r] = base
		}
	}
	return m
}()

// fold makes names alike that people take for the same: in small letters and without accents.
func fold(s string) string {
	var b strings.Builder
	for _, r := range s {
		r = unicode.ToLower(r)
		switch p, ok := plain[r]; {
		case ok:
			b.WriteString(p)
		case r < unicode.MaxASCII || !unicode.Is(unicode.Mn, r): // an accent can also be a character of its own
			b.WriteRune(r)
		}
	}
	return b.String()
}

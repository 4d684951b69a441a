// Package report prints the faults of the editors' files. The formats are text, with the line and
// the position in it; JSON for programs; and SARIF, which code hosts show beside the lines of a
// change.
//
// Every format takes the folder of content, from which it quotes lines. Faults keep their order.
package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"strings"
	"unicode/utf8"

	"traininghub/internal/source"
)

// Lines finds the lines in the editors' files to which faults refer. It reads each file once.
type Lines struct {
	content fs.FS
	lines   map[string][]string
}

// LinesOf returns Lines for a folder of content.
func LinesOf(content fs.FS) *Lines { return &Lines{content, map[string][]string{}} }

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// Line is the line of a fault; "" if the fault is about the whole file.
func (q *Lines) Line(f source.Fault) string {
	name, own := strings.CutPrefix(f.Path, "content/")
	if !own || f.Line == 0 {
		return ""
	}
	lines, read := q.lines[name]
	if !read {
		text, _ := fs.ReadFile(q.content, name) // a file that cannot be read has its own fault
		lines = strings.Split(
			lineEnds.Replace(strings.ToValidUTF8(strings.TrimPrefix(string(text), "\ufeff"), "\ufffd")), "\n")
		q.lines[name] = lines
	}
	if f.Line > len(lines) {
		return ""
	}
	return lines[f.Line-1]
}

// A Format prints faults.
type Format func(w io.Writer, content fs.FS, faults source.Faults) error

// Formats are all the formats, by the name that an editor types.
var Formats = map[string]Format{"text": Text, "json": JSON, "sarif": SARIF}

// Count says how many faults there are: "1 fault", "2 faults and 3 warnings", "1 warning".
func Count(faults source.Faults) string {
	count := func(n int, thing string) string {
		if n == 1 {
			return "1 " + thing
		}
		return fmt.Sprintf("%d %ss", n, thing)
	}
	errors, warnings := len(faults.Errors()), len(faults.Warnings())
	switch {
	case warnings == 0:
		return count(errors, "fault")
	case errors == 0:
		return count(warnings, "warning")
	}
	return count(errors, "fault") + " and " + count(warnings, "warning")
}

// Text is for people: where, what is wrong, the line with the position marked, what to do, and for
// a warning, why.
func Text(w io.Writer, content fs.FS, faults source.Faults) error {
	var b strings.Builder
	q := LinesOf(content)
	for _, f := range faults {
		level := "error"
		if f.Warning {
			level = "warning"
		}
		fmt.Fprintf(&b, "%s: %s: %s\n", f.Where(), level, f.What)
		if line := q.Line(f); strings.TrimSpace(line) != "" {
			show, mark := excerpt(line, f.Column)
			fmt.Fprintf(&b, "    %s\n", show)
			if f.Column > 0 {
				fmt.Fprintf(&b, "    %s^\n", strings.Repeat(" ", mark))
			}
		}
		if f.Do != "" {
			fmt.Fprintf(&b, "  %s%s\n", strings.ToUpper(f.Do[:1]), f.Do[1:])
		}
		if f.Why != "" {
			fmt.Fprintf(&b, "  Why: %s [%s]\n", f.Why, f.Rule)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// widest is how much of a line is shown, in characters.
const widest = 100

// excerpt is the part of a line around a column, which counts from 1, and the column within that
// part.
func excerpt(line string, column int) (part string, mark int) {
	runes := []rune(strings.ReplaceAll(line, "\t", " "))
	from := 0
	if mark = max(column-1, 0); mark > widest*2/3 {
		from = min(mark-widest/2, len(runes))
	}
	for from == 0 && len(runes) > 0 && runes[0] == ' ' {
		runes, mark = runes[1:], max(mark-1, 0)
	}
	to := min(from+widest, len(runes))
	part = string(runes[from:to])
	mark -= from
	if from > 0 {
		part, mark = "…"+part, mark+1
	}
	if to < len(runes) {
		part += "…"
	}
	return part, min(mark, utf8.RuneCountInString(part))
}

// A finding is a fault in the form for programs.
type finding struct {
	Level  string `json:"level"` // error or warning
	Path   string `json:"path"`
	Line   int    `json:"line,omitempty"`   // from 1; left out if the fault is about the whole file
	Column int    `json:"column,omitempty"` // from 1, in characters; left out if it is about the whole line
	Text   string `json:"text,omitempty"`   // the line
	What   string `json:"what"`
	Do     string `json:"do,omitempty"`
	Rule   string `json:"rule"` // "fault" for errors
	Why    string `json:"why,omitempty"`
}

func findings(content fs.FS, faults source.Faults) []finding {
	q := LinesOf(content)
	all := make([]finding, len(faults))
	for i, f := range faults {
		all[i] = finding{Level: "error", Path: f.Path, Line: f.Line, Column: f.Column, Text: q.Line(f), What: f.What,
			Do: f.Do, Rule: "fault", Why: f.Why}
		if f.Warning {
			all[i].Level, all[i].Rule = "warning", f.Rule
		}
	}
	return all
}

func JSON(w io.Writer, content fs.FS, faults source.Faults) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(findings(content, faults))
}

// SARIF is the Static Analysis Results Interchange Format 2.1.0 by OASIS, which GitHub and others
// show beside the lines of a change.
func SARIF(w io.Writer, content fs.FS, faults source.Faults) error {
	type message struct {
		Text string `json:"text"`
	}
	type rule struct {
		ID    string  `json:"id"`
		Short message `json:"shortDescription"`
		Full  message `json:"fullDescription"` // GitHub requires both, though the format does not
		Help  message `json:"help"`
	}
	type region struct {
		StartLine   int      `json:"startLine"`
		StartColumn int      `json:"startColumn,omitempty"`
		Snippet     *message `json:"snippet,omitempty"`
	}
	type artifact struct {
		URI string `json:"uri"`
	}
	type physical struct {
		Artifact artifact `json:"artifactLocation"`
		Region   *region  `json:"region,omitempty"`
	}
	type location struct {
		Physical physical `json:"physicalLocation"`
	}
	type result struct {
		RuleID    string     `json:"ruleId"`
		Level     string     `json:"level"`
		Message   message    `json:"message"`
		Locations []location `json:"locations"`
	}
	rules, known, results := []rule{}, map[string]bool{}, []result{}
	for _, f := range findings(content, faults) {
		if !known[f.Rule] {
			known[f.Rule] = true
			why := message{cmp.Or(f.Why, "nothing is built while the mistake is there")}
			rules = append(rules, rule{f.Rule, message{f.Rule}, why, why})
		}
		says := f.What
		if f.Do != "" {
			says += ": " + f.Do
		}
		at := physical{Artifact: artifact{(&url.URL{Path: f.Path}).String()}}
		if f.Line > 0 {
			at.Region = &region{StartLine: f.Line, StartColumn: f.Column}
			if f.Text != "" {
				at.Region.Snippet = &message{f.Text}
			}
		}
		results = append(results, result{f.Rule, f.Level, message{says}, []location{{at}}})
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(map[string]any{
		"$schema": "https://json.schemastore.org/sarif-2.1.0.json",
		"version": "2.1.0",
		"runs": []any{map[string]any{
			"tool":       map[string]any{"driver": map[string]any{"name": "hub", "rules": rules}},
			"columnKind": "unicodeCodePoints",
			"results":    results,
		}},
	})
}

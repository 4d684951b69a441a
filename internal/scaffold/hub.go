package scaffold

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/site"
)

// A Hub is what "hub init" makes: the content of a new hub, with the pages that the law requires,
// every letter that it sends, one course and its form.
type Hub struct {
	Letters fs.FS    // the program's letters, in a folder letters
	Names   []string // of the letters that every hub needs
	Now     time.Time
}

// HubWants returns the answers that a new hub needs. Each has a usual value, so nobody has to be
// asked.
func HubWants() []Want {
	want := func(flag, asks, usual string, read func(_, text string) (string, error)) Want {
		return Want{Flag: flag, Asks: asks, usual: func(map[string]string) string { return usual }, read: read, shows: true}
	}
	registers := append(slices.Sorted(maps.Keys(form.NumberTags())), "none")
	return []Want{
		want("name", "What the hub is called", "Training Hub", short(40)),
		want("organisation", "Who runs it, and answers for its data", "Example Organisation", short(80)),
		want("email", "The address for questions, and of who decides on the first course", "hub@example.org", mailbox),
		want("decider", "What you call who decides on applications", "course lead", short(40)),
		want("employer", "What you call who employs applicants, and confirms their part", "employer", short(40)),
		want("manager", "What you call who signs for the employer", "line manager", short(40)),
		want("applicant", "What an applicant is", "nurse", short(40)),
		want("register", "The number that applicants have on a register: "+strings.Join(registers, ", "), "none",
			func(_, text string) (string, error) {
				if !slices.Contains(registers, text) {
					return "", errors.New("write one of: " + strings.Join(registers, ", "))
				}
				return text, nil
			}),
		want("title", "The title of the first course", "Giving feedback", short(65)),
		want("charge", "What somebody pays who has a place and does not attend", "£50", money),
	}
}

// Write writes the content into a folder that is empty or does not exist yet, and returns how many
// files it wrote. answers and in are as for [Kind.Write].
func (h Hub) Write(dir string, answers map[string]string, in io.Reader, out io.Writer) (files int, err error) {
	if found, err := os.ReadDir(dir); err == nil && len(found) > 0 {
		return 0, given("%s is there already, and is not empty: choose another name", dir)
	}
	read, err := newAsker(dir, in, out).all("hub init", HubWants(), answers)
	if err != nil {
		return 0, err
	}
	h.derive(read)
	read["dir"] = filepath.ToSlash(dir)
	at := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	const from = "starters/hub"
	err = fs.WalkDir(starters, from, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		to := strings.TrimPrefix(strings.Replace(name, "ID.", read["id"]+".", 1), from+"/")
		return write(at(to), name, read)
	})
	if err != nil {
		return files, err
	}
	if err := h.WriteLetters(dir); err != nil {
		return files, err
	}
	files += len(h.Names)
	for name, text := range site.Schemas() {
		if err := create(at(path.Join("schemas", name)), text); err != nil {
			return files, err
		}
		files++
	}
	return files, nil
}

// WriteLetters writes the letters into the content in a folder. It overwrites none.
func (h Hub) WriteLetters(dir string) error {
	for _, name := range h.Names {
		text, err := fs.ReadFile(h.Letters, path.Join("letters", name+".md"))
		if err != nil {
			return fmt.Errorf("the program's letters: %w", err)
		}
		if err := create(filepath.Join(dir, "letters", name+".md"), text); err != nil {
			return err
		}
	}
	return nil
}

// derive adds what nobody is asked for: the dates of the first course, whose applications close in
// two months, its address and letters, and words that follow from others.
func (h Hub) derive(answers map[string]string) {
	day := func(days int) string { return course.DateOf(course.AddWorkingDays(h.Now, days)).String() }
	answers["today"] = course.DateOf(h.Now).String()
	answers["deadline"], answers["start"], answers["time"] = day(40), day(55), "2pm to 5pm"
	derive(answers)
	answers["id"] = addressOf(answers["title"])
	answers["reference"] = "AA"
	answers["number"] = form.NumberTags()[answers["register"]]
	answers["lead"] = strings.ToUpper(answers["decider"][:1]) + answers["decider"][1:]
}

// addressOf turns a title into the name of a file.
func addressOf(title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9' && b.Len() > 0:
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if name := strings.Trim(b.String(), "-"); fileName().MatchString(name) && name != "hub" {
		return name
	}
	return "first-course"
}

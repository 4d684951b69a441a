package conversation_test

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"traininghub/internal/conversation"
	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/letter"
	"traininghub/internal/record"
	"traininghub/internal/record/recordtest"
)

var by = conversation.By{
	Application: "CC-7K4D-2P9X", Name: "Dr Ada Sample", Email: "ada@example.org", Number: "7654321", Practice: "Z99999",
}

// entered is what somebody types, with a few changes.
func entered(changes ...string) form.Values {
	v := form.Values{
		"colleague": "C 123 4567", "email": "Bea@example.org", "practice": "z99998",
		"day-1-day": "2", "day-1-month": "11", "day-1-year": "2021", "start-1": "2pm", "minutes-1-hours": "2",
		"minutes-1-minutes": "5",
		"day-2-day":         "9", "day-2-month": "11", "day-2-year": "2021", "start-2": "14:30", "minutes-2-hours": "2",
		"minutes-2-minutes": "5",
	}
	for i := 0; i < len(changes); i += 2 {
		v[changes[i]] = changes[i+1]
	}
	return v
}

type mailbox []record.Message

func (m *mailbox) Send(_ context.Context, l record.Message) error {
	*m = append(*m, l)
	return nil
}

// a hub is a desk with a post and a clock.
type hub struct {
	t *testing.T
	*conversation.Desk
	clock time.Time
	box   mailbox
	store *recordtest.Memory
}

func newHub(t *testing.T) *hub {
	h := &hub{t: t, clock: time.Date(2021, 11, 10, 9, 0, 0, 0, course.London), store: &recordtest.Memory{}}
	set := fstest.MapFS{}
	for name, kind := range conversation.Letters {
		text := "---\nsubject: \"A question\"\nto: " + string(kind.To[0]) + "\nattach: no\n---\n"
		for _, field := range kind.Fields {
			text += "{{" + field + "}}\n"
		}
		set["letters/"+name+".md"] = &fstest.MapFile{Data: []byte(text)}
	}
	letters, faults := letter.Read(set, "letters", letter.Check{Table: conversation.Letters})
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	h.Desk = &conversation.Desk{
		Store: h.store, Now: func() time.Time { return h.clock }, Secret: func() ([]byte,
			error) {
			return []byte("secret of a test"), nil
		},
		BaseURL: "http://hub.example.org", MailFrom: "Hub <hub@example.org>", Log: slog.New(slog.DiscardHandler),
		Template: func(name string) *letter.Template { return letters.For(name, "") },
		Hub:      func(string) (string, bool) { return "", true },
	}
	return h
}

func (h *hub) deliver() {
	h.t.Helper()
	post := &record.Post{
		Store: h.store, Mailer: &h.box, Now: h.Now, Log: h.Log,
		Stories: map[record.Kind]record.Story{conversation.Kind: h.Story()},
	}
	if _, err := post.Deliver(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

func (h *hub) enter(v form.Values) *conversation.Conversation {
	h.t.Helper()
	c, problems, err := h.Enter(h.t.Context(), by, 250, v)
	if err != nil || len(problems) > 0 {
		h.t.Fatal(problems, err)
	}
	return c
}

var links = regexp.MustCompile(`/practice/conversations/(\S+)`)

// link is the newest link that was mailed.
func (h *hub) link() string {
	h.t.Helper()
	for i := len(h.box) - 1; i >= 0; i-- {
		if m := links.FindStringSubmatch(h.box[i].Text); m != nil {
			return m[1]
		}
	}
	h.t.Fatal("no link was mailed")
	return ""
}

// TestConfirm: what was entered is confirmed behind the mailed link, once. No number is kept, and
// the address only until the answer.
func TestConfirm(t *testing.T) {
	h := newHub(t)
	c := h.enter(entered())
	if c.Minutes() != 250 || c.Last() != (course.Date{Year: 2021, Month: 11, Day: 9}) || c.Confirmed() ||
		!regexp.MustCompile(`^C-[0-9A-Z]{4}$`).MatchString(c.Colleague.Code) {
		t.Errorf("it is kept as %+v", c)
	}
	h.deliver()
	if len(h.box) != 1 || h.box[0].To != "bea@example.org" || strings.Contains(h.box[0].Subject, "Sample") {
		t.Fatalf("the colleague gets %+v", h.box)
	}
	link := h.link()
	if seen, err := h.Page(t.Context(), link); err != nil || seen.Answer != nil {
		t.Fatalf("the link opens %+v (%v)", seen, err)
	}
	for _, wrong := range []string{"", "x", link[:len(link)-1] + "x", "conversation-cv-2222-2222." + strings.Split(link,
		".")[1]} {
		if _, err := h.Take(t.Context(), wrong, true); !errors.Is(err, conversation.ErrNoLink) {
			t.Errorf("%q opens something: %v", wrong, err)
		}
	}
	var all sync.WaitGroup
	for i := range 8 { // twice at once, and with different answers: the first counts
		all.Go(func() {
			if _, err := h.Take(t.Context(), link, i%2 == 0); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	after, err := h.Page(t.Context(), link)
	if err != nil || after.Answer == nil {
		t.Fatal(after, err)
	}
	if again, _ := h.Take(t.Context(), link, !after.Answer.Yes); again.Answer.Yes != after.Answer.Yes {
		t.Error("a second answer counts")
	}
	h.clock = h.clock.AddDate(0, 0, 20)
	h.deliver()
	if len(h.box) != 2 || h.box[1].To != "ada@example.org" {
		t.Errorf("after the answer there went %d letters", len(h.box)-1)
	}
	r, err := h.store.Get(t.Context(), "conversation-"+strings.ToLower(c.Ref))
	if err != nil || strings.Contains(string(r.Data), "1234567") || strings.Contains(strings.ToLower(string(r.Data)),
		"bea@") {
		t.Errorf("too much is kept: %s (%v)", r.Data, err)
	}
	if _, what := h.Check(r, nil); what != "" {
		t.Errorf("the audit finds: %s", what)
	}
	r.Data = []byte(strings.Replace(string(r.Data), `"minutes":125`, `"minutes":126`, 1))
	if _, what := h.Check(r, nil); what == "" {
		t.Error("the audit does not find other minutes")
	}
	// The same colleague has the same code again, another colleague has another.
	same := h.enter(entered("day-1-day", "15", "day-2-day", "16"))
	other := h.enter(entered("colleague", "7000001", "day-1-day", "17", "day-2-day", "18"))
	if same.Colleague.Code != c.Colleague.Code || other.Colleague.Code == c.Colleague.Code {
		t.Errorf("codes %s, %s, %s", c.Colleague.Code, same.Colleague.Code, other.Colleague.Code)
	}
}

// TestProblems: an impossible answer is reported at its question.
func TestProblems(t *testing.T) {
	h := newHub(t)
	h.enter(entered("day-1-day", "3", "day-2-day", "4"))
	for name, c := range map[string]struct {
		changes []string
		at      string
	}{
		"the GP's own number":         {[]string{"colleague", "7654321"}, "colleague"},
		"the GP's own address":        {[]string{"email", "ADA@example.org"}, "email"},
		"in the future":               {[]string{"day-2-day", "10", "start-2", "8am"}, "day-2"},
		"the second part first":       {[]string{"day-2-day", "1"}, "day-2"},
		"parts at the same time":      {[]string{"day-2-day", "2", "start-2", "3pm"}, "day-2"},
		"too short":                   {[]string{"minutes-2-minutes", "4"}, "minutes-2"},
		"at the time of another":      {[]string{"day-1-day", "3", "start-1", "4:04pm"}, "start-1"},
		"no time":                     {[]string{"start-1", "after lunch"}, "start-1"},
		"no day":                      {[]string{"day-2-day", "31"}, "day-2"},
		"no number":                   {[]string{"colleague", "12"}, "colleague"},
		"no practice":                 {[]string{"practice", ""}, "practice"},
		"longer than a day can take":  {[]string{"minutes-1-hours", "9"}, "minutes-1"},
		"a part of hardly any length": {[]string{"minutes-1-hours", "0", "minutes-1-minutes", "9"}, "minutes-1"},
	} {
		_, problems, err := h.Enter(t.Context(), by, 250, entered(c.changes...))
		if err != nil || len(problems) != 1 || problems[0].Question != c.at {
			t.Errorf("%s: %+v (%v)", name, problems, err)
		}
	}
	if all, err := h.Of(t.Context(), by.Application, by.Email); err != nil || len(all) != 1 {
		t.Errorf("kept are %d (%v)", len(all), err)
	}
	for n := range 11 {
		h.clock = h.clock.AddDate(0, 0, 30)
		day := func(i int) string { return h.clock.AddDate(0, 0, -i).Format("2") }
		month := h.clock.AddDate(0, 0, -2).Format("1")
		v := entered("day-1-day", day(3), "day-2-day", day(2), "day-1-month", h.clock.AddDate(0, 0, -3).Format("1"),
			"day-2-month", month,
			"day-1-year", h.clock.AddDate(0, 0, -3).Format("2006"), "day-2-year", h.clock.AddDate(0, 0, -2).Format("2006"))
		if _, problems, err := h.Enter(t.Context(), by, 250, v); err != nil || len(problems) > 0 {
			t.Fatalf("number %d: %v %v", n+2, problems, err)
		}
	}
	last := maps.Clone(entered())
	if _, problems, _ := h.Enter(t.Context(), by, 250, last); len(problems) != 1 || problems[0].Question != "colleague" {
		t.Errorf("one too many without an answer: %v", problems)
	}
}

// TestLife: somebody who does not answer is reminded once. Without an answer the conversation is
// removed after its time; with one it stays. Each of the two people gets what is theirs.
func TestLife(t *testing.T) {
	h := newHub(t)
	c := h.enter(entered())
	h.deliver()
	h.clock = time.Date(2021, 11, 17, 8, 59, 0, 0, course.London)
	h.deliver()
	if len(h.box) != 1 {
		t.Fatalf("%d letters before the reminder", len(h.box))
	}
	h.clock = h.clock.Add(time.Hour)
	h.deliver()
	if len(h.box) != 2 {
		t.Fatalf("%d letters with the reminder", len(h.box))
	}
	id := "conversation-" + strings.ToLower(c.Ref)
	about := func(number, email string) *conversation.Conversation {
		t.Helper()
		var numbers []form.Registration
		if number != "" {
			numbers = []form.Registration{{Register: "gmc", Number: number}}
		}
		r, err := h.Store.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		own, err := h.About(r, numbers, email)
		if err != nil {
			t.Fatal(err)
		}
		found, _ := own.(*conversation.Conversation)
		return found
	}
	if own := about("", "ada@example.org"); own == nil || own.By.Name == "" || about("7654321", "") == nil {
		t.Error("it is not the GP's")
	}
	if own := about("1234567", ""); own == nil || own.By.Name != "" || about("", "bea@example.org") == nil {
		t.Error("the file is not the colleague's, or has more than what is about them")
	}
	if about("7000001", "") != nil || about("", "cy@example.org") != nil || about("", "") != nil {
		t.Error("it is somebody else's")
	}
	kept := h.enter(entered("day-1-day", "15", "day-2-day", "16"))
	h.deliver()
	if _, err := h.Take(t.Context(), h.link(), true); err != nil {
		t.Fatal(err)
	}
	h.clock = time.Date(2022, 1, 9, 8, 59, 0, 0, course.London)
	if n, err := h.Sweep(t.Context()); n != 0 || err != nil {
		t.Errorf("%d removed early (%v)", n, err)
	}
	h.clock = h.clock.Add(time.Hour)
	if n, err := h.Sweep(t.Context()); n != 1 || err != nil {
		t.Errorf("%d removed (%v)", n, err)
	}
	if all, err := h.Of(t.Context(), by.Application, by.Email); err != nil || len(all) != 1 || all[0].Ref != kept.Ref {
		t.Errorf("left are %v (%v)", all, err)
	}
	if err := h.Erase(t.Context(), "conversation-"+strings.ToLower(kept.Ref)); err != nil {
		t.Error(err)
	}
	if err := h.Erase(t.Context(), id); err != nil {
		t.Errorf("erasing a missing record: %v", err)
	}
}

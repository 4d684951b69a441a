package claim

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"traininghub/internal/claim"
	"traininghub/internal/conversation"
	"traininghub/internal/course"
	"traininghub/internal/form"
	"traininghub/internal/page"
	"traininghub/internal/scheme"
	"traininghub/internal/web"
)

// conversationPay is what a scheme pays for a career conversation; nil if it pays nothing.
func conversationPay(of *scheme.Scheme) *scheme.Pay {
	i := slices.IndexFunc(of.Pays, func(p scheme.Pay) bool { return p.Unit == scheme.Conversation })
	if i < 0 {
		return nil
	}
	return &of.Pays[i]
}

// conversationParts list the conversations that somebody entered, with a link to enter another.
func (s *server) conversationParts(r *http.Request, of *scheme.Scheme, c claim.Claimant) ([]page.MoneyPart, error) {
	if conversationPay(of) == nil {
		return nil, nil
	}
	held, err := s.Office.Conversations.Of(r.Context(), c.Application, c.Email)
	if err != nil {
		return nil, err
	}
	part := page.MoneyPart{Title: "Conversations that you held", Links: []page.Link{
		{Text: "Enter a career conversation", Href: "/review/claims/own/" + of.ID + "/conversations/new"},
	}}
	if len(held) > 0 {
		part.Table = &page.MoneyTable{Caption: "Career conversations", Heads: []string{"Conversation", "With", "Parts",
			"Answer"}}
	}
	for _, x := range slices.Backward(held) {
		answer := "Not answered yet"
		switch {
		case x.Confirmed():
			answer = "Confirmed"
		case x.Answer != nil:
			answer = "Your colleague says that it did not take place so"
		}
		part.Table.Rows = append(part.Table.Rows, page.MoneyRow{
			Cells: []string{x.Ref, x.Colleague.Code, strings.Join(partsOf(x), "; "), answer},
		})
	}
	return []page.MoneyPart{part}, nil
}

// partsOf says when the parts of a conversation were, and how long they took.
func partsOf(x *conversation.Conversation) (all []string) {
	for _, p := range x.Parts {
		all = append(all, fmt.Sprintf("%s, %d minutes", course.Moment(p.Start), p.Minutes))
	}
	return all
}

func (s *server) askConversation(w http.ResponseWriter, r *http.Request) error {
	return s.conversationPage(w, r, nil, nil)
}

// conversationPage asks for everything about a conversation on one page.
func (s *server) conversationPage(w http.ResponseWriter, r *http.Request, v form.Values,
	problems []form.Problem) error {
	c, err := s.claimant(r)
	if err != nil {
		return err
	}
	pay := conversationPay(s.claims().Scheme(c.Scheme))
	if pay == nil {
		return web.ErrNotFound
	}
	view := page.Ask{
		Intro: []string{
			"Enter it when both parts are over. We ask your colleague to confirm that they took place. Do not say anywhere what it was about.",
		},
		Asking: page.Asking{Section: &conversation.Asking, Values: v, Problems: problems},
		Action: r.URL.EscapedPath(), Button: "Enter the conversation", Cancel: claim.Path,
	}
	if pay.Minutes > 0 {
		view.Intro = append(view.Intro, fmt.Sprintf("Both parts take %d minutes together, at least.", pay.Minutes))
	}
	f := page.Frame{
		Heading: "Enter a career conversation", Application: true, Problem: len(problems) > 0,
		Back: &page.Link{Text: "All claims", Href: claim.Path},
	}
	return s.Render(w, web.StatusOf(problems), "ask", f, view)
}

func (s *server) enterConversation(w http.ResponseWriter, r *http.Request) error {
	c, err := s.claimant(r)
	if err != nil {
		return err
	}
	pay := conversationPay(s.claims().Scheme(c.Scheme))
	if pay == nil {
		return web.ErrNotFound
	}
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	v := conversation.Asking.Read(posted)
	by := conversation.By{Application: c.Application, Name: c.Name, Email: c.Email, Number: c.Number, Practice: c.Practice}
	_, problems, err := s.Office.Conversations.Enter(r.Context(), by, pay.Minutes, v)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return s.conversationPage(w, r, v, problems)
	}
	return wentTo(w, r, claim.Path, "conversation")
}

// confirmPage shows a colleague what they are asked to confirm, or their answer. It changes
// nothing, since mail scanners open links, too.
func (s *server) confirmPage(w http.ResponseWriter, r *http.Request) error {
	c, err := s.Office.Conversations.Page(r.Context(), r.PathValue("link"))
	if errors.Is(err, conversation.ErrNoLink) {
		return web.ErrNoPracticeLink
	}
	if err != nil {
		return err
	}
	facts := []page.Fact{{Question: s.Say("{Applicant}"), Answer: c.By.Name}}
	for i, text := range partsOf(c) {
		facts = append(facts, page.Fact{Question: fmt.Sprint("Part ", i+1), Answer: text})
	}
	if c.Answer != nil {
		answer := "You said that it took place. You do not need to do anything else."
		if !c.Answer.Yes {
			answer = "You said that it did not take place like this. You do not need to do anything else."
		}
		f := page.Frame{Heading: "Thank you for your answer", Application: true}
		return s.showLinked(w, f, page.Money{Parts: []page.MoneyPart{{Text: []string{answer}, Facts: facts}}})
	}
	button := func(text, answer string, second bool) page.MoneyPart {
		return page.MoneyPart{Form: &page.MoneyForm{
			Action: r.URL.EscapedPath(), Button: text, Second: second, Hidden: []page.Hidden{{Name: "took-place",
				Value: answer}},
		}}
	}
	f := page.Frame{Heading: "Did this career conversation take place?", Application: true}
	return s.showLinked(w, f, page.Money{Parts: []page.MoneyPart{
		{
			Text: []string{
				s.Say("The {applicant} is paid for it if you confirm it. We ask for nothing that you said, and we keep no note of it."),
				s.Say("Whoever checks the payment sees a code instead of you, and the code of your {employer}."),
			},
			Facts: facts,
		},
		button("Yes, it took place", "yes", false), button("No, it did not take place like this", "no", true),
	}})
}

func (s *server) confirm(w http.ResponseWriter, r *http.Request) error {
	posted, err := web.Post(r)
	if err != nil {
		return err
	}
	c, err := s.Office.Conversations.Page(r.Context(), r.PathValue("link"))
	if answer := posted.Get("took-place"); err == nil && (answer == "yes" || answer == "no") {
		c, err = s.Office.Conversations.Take(r.Context(), r.PathValue("link"), answer == "yes")
	}
	if errors.Is(err, conversation.ErrNoLink) {
		return web.ErrNoPracticeLink
	}
	if err != nil {
		return err
	}
	s.Log.Info("colleague answered", "reference", c.Ref)
	return web.SeeOther(w, r, r.URL.EscapedPath())
}

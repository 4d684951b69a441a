package pdf

import (
	"fmt"
	"strings"
	"time"

	"traininghub/internal/document"
	"traininghub/internal/form"
)

// received is 2:05pm in London.
var received = time.Date(2021, time.October, 1, 13, 5, 0, 0, time.UTC)

func stpPart() document.Part {
	return document.Part{
		ID: "stp", Title: "For completion by the STP",
		Intro: []string{"The STP lead fills this in and returns it to the applicant and to the training provider."},
		Blanks: []form.Blank{
			{ID: "name", Label: "Name", Kind: "line"},
			{ID: "decided", Label: "Date of decision", Kind: "date"},
			{ID: "decision", Label: "Decision", Kind: "choice", Options: []string{"Accepted", "Declined"}},
			{ID: "reason", Label: "If declined, the reason", Kind: "lines"},
			{ID: "funding", Label: "Proposed date for funding to commence", Kind: "date"},
			{ID: "signature", Label: "Signature of STP lead", Kind: "signature"},
			{ID: "signed", Label: "Date", Kind: "date"},
		},
	}
}

func practicePart() document.Part {
	return document.Part{
		ID: "practice", Title: "For completion by the employing practice",
		Statement: "I confirm that this doctor does at least 3 clinical sessions a week at this practice.",
		Blanks: []form.Blank{
			{ID: "name", Label: "Name of authorising employer, for example the practice manager", Kind: "line"},
			{ID: "signature", Label: "Signature", Kind: "signature"},
			{ID: "date", Label: "Date", Kind: "date"},
		},
	}
}

func item(kind form.Kind, question, answer string) document.Item {
	return document.Item{ID: strings.ToLower(question[:3]), Kind: kind, Question: question, Answer: answer}
}

// careers is an ordinary application for the course about career conversations.
func careers() *document.Document {
	return &document.Document{
		Title: "Apply for Career Conversation Training", Reference: "CC-7KMQ-4WXP",
		Issuer: "Example Coaching Associates", Made: received,
		Head: []document.Line{
			{Label: "Reference", Value: "CC-7KMQ-4WXP"}, {Label: "Applicant", Value: "Siân Ŵyn-Kowalczyk"},
			{Label: "Course", Value: "Career Conversation Training for GPs"},
			{Label: "Training provider", Value: "Example Coaching Associates"},
			{Label: "Received", Value: "2:05pm on Friday 1 October 2021"}, {Label: "Withdrawn"},
		},
		Sections: []document.Section{
			{ID: "about-you", Title: "About you", Items: []document.Item{
				item(form.Text, "Surname", "Ŵyn-Kowalczyk"),
				item(form.Text, "First names", "Siân Łucja"),
				item(form.Text, "Home address", "Flat 2\n14 Invented Crescent\nNewcastle-under-Lyme"),
				item(form.Text, "Postcode", "ST5 9ZZ"),
				item(form.Telephone, "Telephone", "07700 900123"),
				item(form.Email, "Email address", "sian@example.org"),
				item(form.Text, "GMC reference number", "C 7654321"),
				item(form.YesNo, "Are you on the National Medical Performers List?", "Yes"),
			}},
			{ID: "qualifications", Title: "Qualifications and courses in mentoring or coaching", Item: "qualification",
				Heads: []string{"Qualification or course", "Date", "Awarding organisation"},
				Rows: [][]document.Item{
					{item(form.Text, "Qualification or course", "Certificate in Coaching Skills for Clinicians"),
						item(form.Month, "Date", "March 2019"),
						item(form.Text, "Awarding organisation", "University of Invention")},
					{item(form.Text, "Qualification or course", "Motivational interviewing, two days"),
						item(form.Month, "Date", "November 2020"), item(form.Text, "Awarding organisation", "")},
				}},
			{ID: "reference", Title: "Reference", Item: "reference",
				Heads: []string{"Full name", "Job title", "Email address", "Telephone", "How do they know you?"},
				Rows:  [][]document.Item{referee("Dr Odhrán Mac an tSaoir", "Programme director")}},
			{ID: "reasons", Title: "Why you are applying", Items: []document.Item{
				item(form.LongText, "What are your personal objectives for attending?",
					"I talk with registrars about their next step nearly every week, and mostly I tell them what I did. I would like to learn how to ask better questions instead.\n\nI also want a structure that fits into half an hour."),
				item(form.LongText, "Why do you want to hold career conversations with colleagues?",
					"Two partners left our practice last year. Both said that nobody had asked them in time what would have kept them."),
			}},
			{ID: "practice", Title: "Your practice", Items: []document.Item{
				item(form.Cohort, "Which cohort would you like to join?",
					"Cohort 1: Tuesday 2 November 2021, 2pm to 5pm; Tuesday 16 November 2021, 2pm to 5pm"),
				item(form.Number, "How many clinical sessions do you do each week?", "6.5"),
				item(form.Text, "Practice name", "Invented Road Surgery"),
				item(form.Text, "Practice code", "V81997"),
				item(form.YesNo, "Is it a training practice?", "Yes"),
				item(form.Text, "Name of the practice manager", "Gráinne O’Example"),
				item(form.Email, "Email address of the practice manager", "manager@example.org"),
				item(form.Telephone, "Telephone of the practice manager", ""),
			}},
		},
		Declarations: []document.Declaration{
			{ID: "charge", Text: "I understand that I will be charged £352.50 if I fail to attend any element of the training without justifiable reason.", At: received},
			{ID: "accurate", Text: "The information in this application is accurate.", At: received},
			{ID: "conversations", Text: "After the training I will hold at least 10 career conversations with GP colleagues.", At: received},
		},
		Signatures: []document.Signature{{Label: "Name of GP", Name: "Siân Ŵyn-Kowalczyk", At: received}},
		Parts:      []document.Part{stpPart()},
		Notes:      []string{"This document was made from the application as it was sent. Form version 3f9a0c51d7e2."},
		Next: []string{"The STP lead reads your application and decides on it.",
			"You get the decision by email.",
			"If you are accepted, the training provider sends you joining instructions."},
	}
}

func referee(name, job string) []document.Item {
	return []document.Item{
		item(form.Text, "Full name", name), item(form.Text, "Job title", job),
		item(form.Email, "Email address", "referee@example.org"), item(form.Telephone, "Telephone", "01632 960123"),
		item(form.Text, "How do they know you?", "Clinical supervisor during my training, and a colleague since."),
	}
}

// mentors is an ordinary application for the course for supporting mentors.
func mentors() *document.Document {
	d := careers()
	d.Reference, d.Title = "SM-X4HT-9RDN", "Apply for Supporting Mentors Training"
	d.Head[0].Value, d.Head[2].Value = d.Reference, "Supporting Mentors: a 50-hour coaching and mentoring programme"
	d.Sections[2] = document.Section{ID: "references", Title: "References", Item: "reference",
		Heads: d.Sections[2].Heads,
		Rows: [][]document.Item{referee("Dr Odhrán Mac an tSaoir", "Programme director"),
			referee("Αγγελική Παπαδοπούλου", "Practice nurse")}}
	d.Sections[3].Items = append(d.Sections[3].Items,
		item(form.LongText, "What have you done lately to support the development of others?",
			"I lead the monthly learning hour in our primary care network."),
		item(form.LongText, "What experience of mentoring do you have, and what came of it?", ""))
	d.Declarations = []document.Declaration{
		{ID: "attend", Text: "I will attend all sessions, training days included.", At: received},
		{ID: "charge", Text: "I understand that I will be charged £500, the whole cost of the place, if I fail to attend.", At: received},
		{ID: "scheme", Text: "The information in this application is accurate and meets the criteria of the scheme. It will be shared with NHS England to monitor the scheme.", At: received},
	}
	d.Signatures[0].Label = "Name of prospective GP mentor"
	d.Parts = []document.Part{practicePart(), stpPart()}
	d.Check = document.Notice{Title: "For the STP lead to check",
		Lines: []string{"Another application with the same GMC number was received at 9am on Thursday 30 September 2021.", "The practice code is not in the list of practices."}}
	return d
}

// shortest has only what is required.
func shortest() *document.Document {
	d := careers()
	for i := range d.Sections {
		s := &d.Sections[i]
		for k := range s.Items {
			if k > 1 {
				s.Items[k].Answer = ""
			}
		}
		if s.ID == "qualifications" {
			s.Rows = nil
		}
	}
	d.Notes, d.Next, d.Issuer = []string{"This document was made from the application as it was sent."}, nil, ""
	d.Head[3].Value = ""
	return d
}

// longest is at a form's limits.
func longest() *document.Document {
	d := mentors()
	words := strings.Fields("After each of these conversations I write down what was asked and what was said, because a colleague who is thinking about leaving seldom says so in the first half hour and often mentions it only when we are already standing at the door, which is where most of what matters is said in general practice.")
	long := func(n int) string {
		var b strings.Builder
		for i := 0; b.Len() < n; i++ {
			b.WriteString(words[i%len(words)])
			if i%90 == 89 {
				b.WriteString("\n\n")
			} else {
				b.WriteString(" ")
			}
		}
		return b.String()[:n]
	}
	var rows [][]document.Item
	for i := range 20 {
		name := fmt.Sprintf("Course number %d in mentoring, coaching, communication and career planning for doctors who teach", i+1)
		rows = append(rows, []document.Item{item(form.Text, "Qualification or course", name),
			item(form.Month, "Date", "September 2018"), item(form.Text, "Awarding organisation",
				"The Invented Institute for the Teaching of Conversations, North Staffordshire")})
	}
	d.Sections[1].Rows = rows
	for i := range d.Sections[3].Items {
		d.Sections[3].Items[i].Answer = long(2000)
	}
	d.Sections[0].Items[2].Answer = "Flat 2, The Old Invented Brewery\n14 Invented Crescent\nUpper Example\nNewcastle-under-Lyme\nStaffordshire"
	d.Sections[4].Items[2].Answer = long(190)
	d.Sections[0].Items[5].Answer = "siân.łucja.ŵyn-kowalczyk.with-a-very-long-address-that-has-no-break@department-of-general-practice.example.org"
	return d
}

// withdrawn is an application that was withdrawn, so that nothing happens next.
func withdrawn() *document.Document {
	d := careers()
	d.Next, d.Head[5].Value = nil, "9am on Monday 11 October 2021"
	return d
}

// decided is an application that others have completed as far as they could: the practice was asked
// again and has not answered, and the STP has decided.
func decided() *document.Document {
	d := mentors()
	d.Parts[0].Complete("Not yet authorised. We asked Gráinne O’Example on Friday 8 October 2021.", []document.Item{
		item(form.LongText, "Refused before",
			"Jørgen Example, practice manager, at 9am on Monday 4 October 2021: She does 2 sessions here and 1 at the branch."),
	})
	d.Parts[1].Complete("", []document.Item{
		item(form.Text, "Decision", "Declined"),
		item(form.LongText, "Reason",
			"The practice has not confirmed the clinical sessions.\n\nApply again when it can."),
		item(form.Text, "Decided by", "Sam Example"),
		item(form.Text, "Decided at", "10am on Monday 11 October 2021"),
	})
	return d
}

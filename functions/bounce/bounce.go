package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"regexp"
	"time"

	"traininghub/functions/internal/setup"
	"traininghub/internal/application"
	"traininghub/internal/dynamo"
	"traininghub/internal/intake"
)

// An event is what EventBridge delivers from SES. Addresses and the words of mail servers are
// personal data, so they are not read.
type event struct {
	Source string `json:"source"`
	Detail struct {
		EventType string `json:"eventType"`
		Mail      struct {
			Timestamp time.Time           `json:"timestamp"`
			Tags      map[string][]string `json:"tags"`
		} `json:"mail"`
		Bounce struct {
			Type    string    `json:"bounceType"`
			SubType string    `json:"bounceSubType"`
			At      time.Time `json:"timestamp"`
		} `json:"bounce"`
		Complaint struct {
			Type string    `json:"complaintFeedbackType"`
			At   time.Time `json:"timestamp"`
		} `json:"complaint"`
		Delay struct {
			Type string    `json:"delayType"`
			At   time.Time `json:"timestamp"`
		} `json:"deliveryDelay"`
	} `json:"detail"`
}

type bouncer struct {
	desk *intake.Desk
	log  *slog.Logger
}

func open(getenv func(string) string, out io.Writer) (*bouncer, error) {
	env, missing := setup.Required(getenv)
	store := dynamo.New(setup.AWS(getenv, "DYNAMODB"), env("TABLE"), env("DUE_INDEX"))
	root := env("LAMBDA_TASK_ROOT")
	if err := missing(); err != nil {
		return nil, err
	}
	log, err := setup.Log(getenv, out)
	if err != nil {
		return nil, err
	}
	hub, err := setup.Content(root, "")
	if err != nil {
		return nil, err
	}
	return &bouncer{setup.Desk(store, hub, log).Applications, log}, nil
}

// class matches SES's names for kinds of bounce. Nothing else is stored.
var class = regexp.MustCompile(`^[A-Za-z-]{1,40}$`)

// meaning is what a bounce says about the letter. The address is dead only if SES calls the bounce
// permanent. SES reports an out-of-office reply as "Transient, General", and notices that it cannot
// read as "Undetermined".
func meaning(kind, sub string) string {
	switch {
	case kind == "Permanent":
		return application.EventBounced
	case kind == "Transient" && sub != "General":
		return application.EventRejected // MailboxFull, MessageTooLarge, ContentRejected, AttachmentRejected
	}
	return application.EventUnclear
}

func (b *bouncer) handle(ctx context.Context, e event) error {
	if e.Source != "aws.ses" {
		return errors.New("the event is none of SES's")
	}
	d := e.Detail
	tag := func(name string) string {
		if v := d.Mail.Tags[name]; len(v) == 1 {
			return v[0]
		}
		return ""
	}
	reference, letter := tag("reference"), tag("letter")
	if reference == "" || letter == "" {
		b.log.Info("not a letter of the hub's")
		return nil
	}
	var what, note, metric string
	var at time.Time
	add := func(text string) {
		if class.MatchString(text) {
			note += " " + text
		}
	}
	switch d.EventType {
	case "Bounce":
		what, metric, at = meaning(d.Bounce.Type, d.Bounce.SubType), "delayed", d.Bounce.At
		if what == application.EventBounced {
			metric = "bounced"
		}
		add(d.Bounce.Type)
		add(d.Bounce.SubType)
	case "Complaint":
		what, metric, at = application.EventComplaint, "bounced", d.Complaint.At
		add(d.Complaint.Type)
	case "DeliveryDelay":
		what, metric, at = application.EventDelayed, "delayed", d.Delay.At
		add(d.Delay.Type)
	default:
		return nil
	}
	if at.IsZero() {
		at = d.Mail.Timestamp
	}
	if err := b.desk.Bounced(ctx, reference, letter, what, note, at); err != nil {
		return err
	}
	b.log.Warn(metric, "reference", reference, "letter", letter, "what", what)
	return nil
}

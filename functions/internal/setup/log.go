package setup

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"slices"
)

// keys are all that a log line may have beside time, level and msg. What is not here is left out, however it got into
// the line: so nothing that a person typed is logged by mistake.
var keys = []string{
	"method", "route", "form", "status", "ms", "page", // of a request
	"section", "questions", // that were answered wrongly, by their ids
	"reference", "letter", "tries", "late_s", "what", // of a letter
	"letters", "due_age_s", "open_courses", // of a sweep
	"written", "removed", "pages", // of the site
	"records", "error",
}

// A metric is counted from a log line: 1, or the value of one of its keys.
type metric struct {
	name, unit, key string
}

// metrics says what each message counts, by the message.
var metrics = map[string][]metric{
	"received":        {{name: "Received", unit: "Count"}},
	"rejected":        {{name: "Rejected", unit: "Count"}},
	"letter sent":     {{name: "Mailed", unit: "Count"}, {name: "Tries", unit: "Count", key: "tries"}},
	"letter not sent": {{name: "MailFailed", unit: "Count"}, {name: "DueAge", unit: "Seconds", key: "late_s"}},
	"swept":           {{name: "DueAge", unit: "Seconds", key: "due_age_s"}, {name: "OpenCourses", unit: "Count", key: "open_courses"}},
	"bounced":         {{name: "Bounced", unit: "Count"}},
	"delayed":         {{name: "Delayed", unit: "Count"}},
	"published":       {{name: "Published", unit: "Count"}},
}

// Log writes JSON lines to w. A line whose message counts something is a metric as well, in CloudWatch's embedded metric format,
// so counting needs no call and no agent. METRICS_NAMESPACE and LOG_LEVEL may be empty: no metrics, INFO.
func Log(getenv func(string) string, w io.Writer) (*slog.Logger, error) {
	level := slog.LevelInfo
	if text := getenv("LOG_LEVEL"); text != "" && level.UnmarshalText([]byte(text)) != nil {
		return nil, errLevel
	}
	lines := slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: allow})
	return slog.New(&handler{lines, getenv("METRICS_NAMESPACE")}), nil
}

func allow(groups []string, a slog.Attr) slog.Attr {
	if len(groups) > 0 || !slices.Contains(keys, a.Key) {
		switch a.Key {
		case slog.TimeKey, slog.LevelKey, slog.MessageKey:
			if len(groups) == 0 {
				return a
			}
		}
		if _, ours := a.Value.Any().(counted); !ours {
			return slog.Attr{}
		}
	}
	return a
}

// counted is a value that the handler itself puts in.
type counted struct{ value any }

func (c counted) MarshalJSON() ([]byte, error) { return json.Marshal(c.value) }

type handler struct {
	slog.Handler
	namespace string
}

func (h *handler) WithAttrs(a []slog.Attr) slog.Handler {
	return &handler{h.Handler.WithAttrs(a), h.namespace}
}
func (h *handler) WithGroup(name string) slog.Handler {
	return &handler{h.Handler.WithGroup(name), h.namespace}
}

func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	count := metrics[r.Message]
	if len(count) == 0 || h.namespace == "" {
		return h.Handler.Handle(ctx, r)
	}
	values := map[string]any{}
	r.Attrs(func(a slog.Attr) bool {
		values[a.Key] = a.Value.Any()
		return true
	})
	r = r.Clone()
	var named []map[string]string
	for _, m := range count {
		var value any = 1
		if m.key != "" {
			value = values[m.key]
		}
		if value == nil {
			continue
		}
		named = append(named, map[string]string{"Name": m.name, "Unit": m.unit})
		r.AddAttrs(slog.Any(m.name, counted{value}))
	}
	r.AddAttrs(slog.Any("_aws", counted{map[string]any{
		"Timestamp":         r.Time.UnixMilli(),
		"CloudWatchMetrics": []any{map[string]any{"Namespace": h.namespace, "Dimensions": [][]string{{}}, "Metrics": named}},
	}}))
	return h.Handler.Handle(ctx, r)
}

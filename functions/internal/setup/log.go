package setup

import (
	"context"
	"io"
	"log/slog"
	"slices"
)

// keys are the keys that a log line may have besides time, level and msg. All others are left out,
// so that nothing a person typed is logged by mistake.
var keys = []string{
	"method", "route", "form", "status", "ms", "page", // of a request
	"section", "questions", // answered wrongly, by their ids
	"reference", "letter", "tries", "late_s", "what", // of a letter
	"state", "why", // of a practice's answer, of a removal
	"done", "due_age_s", "open_courses", // of a sweep
	"written", "removed", "pages", // of the site
	"why", "rows", // of a removal, and of an export
	"kind", "records", "error",
}

// A metric is counted from log lines: 1 for each line, or the value of one of its keys.
type metric struct {
	name, unit, key string
}

// metrics are the metrics that log lines count, by their message.
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

// Log writes JSON lines to w. A line that counts something is also a metric, in CloudWatch's
// embedded metric format, so counting needs no call and no agent. METRICS_NAMESPACE and LOG_LEVEL
// may be empty: no metrics, INFO.
func Log(getenv func(string) string, w io.Writer) (*slog.Logger, error) {
	level := slog.LevelInfo
	if text := getenv("LOG_LEVEL"); text != "" && level.UnmarshalText([]byte(text)) != nil {
		return nil, errLevel
	}
	return slog.New(&handler{lines: slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level}), namespace: getenv("METRICS_NAMESPACE")}), nil
}

// A handler writes only the keys above, and adds metrics. Groups are left out.
type handler struct {
	lines     slog.Handler
	namespace string
	grouped   bool
}

func (h *handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.lines.Enabled(ctx, level)
}

func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	if h.grouped {
		return h
	}
	return &handler{lines: h.lines.WithAttrs(slices.DeleteFunc(slices.Clone(attrs), unlisted)), namespace: h.namespace}
}

func (h *handler) WithGroup(string) slog.Handler {
	return &handler{lines: h.lines, namespace: h.namespace, grouped: true}
}

func unlisted(a slog.Attr) bool {
	return a.Value.Resolve().Kind() == slog.KindGroup || !slices.Contains(keys, a.Key)
}

func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	line := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	values := map[string]any{}
	r.Attrs(func(a slog.Attr) bool {
		if !h.grouped && !unlisted(a) {
			line.AddAttrs(a)
			values[a.Key] = a.Value.Any()
		}
		return true
	})
	var named []map[string]string
	for _, m := range metrics[r.Message] {
		var value any = 1
		if m.key != "" {
			value = values[m.key]
		}
		if h.namespace == "" || value == nil {
			continue
		}
		named = append(named, map[string]string{"Name": m.name, "Unit": m.unit})
		line.AddAttrs(slog.Any(m.name, value))
	}
	if named != nil {
		line.AddAttrs(slog.Any("_aws", map[string]any{
			"Timestamp":         r.Time.UnixMilli(),
			"CloudWatchMetrics": []any{map[string]any{"Namespace": h.namespace, "Dimensions": [][]string{{}}, "Metrics": named}},
		}))
	}
	return h.lines.Handle(ctx, line)
}

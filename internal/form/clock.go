package form

import (
	"fmt"
	"strconv"
	"strings"

	"traininghub/internal/pattern"
)

// A time of day is typed as the NHS writes it ("2pm", "2:30pm") or by the 24-hour clock ("14:30").
// The normal form is by the 24-hour clock.
var _ = newFormat(format{
	tag: "clock", about: "a time of day",
	says:    "{It} must be a time, like 2pm, 2:30pm or 14:30",
	normal:  clockTime,
	samples: []string{"14:30", "2:30pm", "2.30 pm", "2pm", "12am", "9:05"},
	wrong:   []string{"25:00", "14:60", "13pm", "0am", "half past two", "1430", "2"},
	least:   3, most: 20,
	values: "like 14:30", paper: "Like 2:30pm",
})

var clock = pattern.Of(`^([0-9]{1,2})(?:[:.]([0-9]{2}))?(am|pm)?$`)

// clockTime gives a time of day as "14:30"; "" if the text is not one.
func clockTime(text string) string {
	m := clock().FindStringSubmatch(strings.ToLower(strings.ReplaceAll(bare(text), " ", "")))
	if m == nil || m[2] == "" && m[3] == "" {
		return ""
	}
	hour, _ := strconv.Atoi(m[1])
	minute, _ := strconv.Atoi("0" + m[2])
	if m[3] != "" {
		if hour < 1 || hour > 12 {
			return ""
		}
		hour %= 12
		if m[3] == "pm" {
			hour += 12
		}
	}
	if hour > 23 || minute > 59 {
		return ""
	}
	return fmt.Sprintf("%02d:%02d", hour, minute)
}

package lead

import "testing"

// TestClock: times as people type them, and texts that are not times.
func TestClock(t *testing.T) {
	for text, want := range map[string]int{
		"2pm": 14 * 60, "2:30pm": 14*60 + 30, " 2.30 PM ": 14*60 + 30, "14:30": 14*60 + 30, "9:05": 9*60 + 5, "00:01": 1,
		"12am": 0, "12:15am": 15, "12pm": 12 * 60, "11:59pm": 23*60 + 59,
		"": -1, "7": -1, "0pm": -1, "13pm": -1, "24:00": -1, "9:60": -1, "half past two": -1, "2:3pm": -1, "２pm": -1, "14:30:00": -1,
	} {
		got, ok := clock(text)
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("%q is %d, want %d", text, got, want)
		}
	}
}

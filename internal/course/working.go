package course

// WorkingDays is the number of working days in England after the first date, up to the last one, which counts: 0 if something is done on
// the day it came, 1 from a Friday to the next Monday.
func WorkingDays(first, last Date) int {
	n := 0
	for day := first.utc().AddDate(0, 0, 1); !day.After(last.utc()); day = day.AddDate(0, 0, 1) {
		if (Date{day.Year(), day.Month(), day.Day()}).Closed() == "" {
			n++
		}
	}
	return n
}

package web

// StaffRoutes are the patterns of the routes that ask for somebody who has signed in.
func StaffRoutes() []string {
	var all []string
	for _, r := range (&server{}).routes() {
		if r.by == staff || r.by == leads {
			all = append(all, r.pattern)
		}
	}
	return all
}

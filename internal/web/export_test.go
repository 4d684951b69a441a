package web

// Routes are the lines of the one table of addresses: pattern, and who may use it.
func Routes() (all [][2]string) {
	for _, r := range new(server).routes() {
		all = append(all, [2]string{r.pattern, string(r.by)})
	}
	return all
}

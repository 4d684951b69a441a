package intake

// statusFields are the letters' fields about where an application stands.
func (d *Desk) statusFields(a *Application) map[string]string { return nil }

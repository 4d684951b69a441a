package intake

// decisionFields are the letters' fields about the decision.
func (d *Desk) decisionFields(a *Application) map[string]string { return nil }

// completedDecision is the STP's part as it stands; nil if there is no decision.
func (a *Application) completedDecision() *Completed { return nil }

package wall

import "traininghub/internal/form"

// FormOf is the form that asks for a service; nil if there is none.
func (w *Desk) FormOf(service string) *form.Definition {
	for _, d := range w.Programme.Forms {
		if d.Service == service && service != "" {
			return d
		}
	}
	return nil
}

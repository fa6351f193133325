package spec

// Position is the source as problems and steps carry it: nil when nobody wrote it.
func (s Source) Position() *Source {
	if s.IsZero() {
		return nil
	}
	return &s
}

// SourceOf is where a field of the organization stands, or else its key.
func (o *Organization) SourceOf(field string) Source {
	if s, ok := o.At[field]; ok {
		return s
	}
	return o.At[""]
}

// PositionOf is SourceOf as problems and steps carry it.
func (o *Organization) PositionOf(field string) *Source { return o.SourceOf(field).Position() }

package billing

// Turns has one turn for each zone: who has taken it may move money there.
type Turns map[string]chan struct{}

// NewTurns makes the turns of zones.
func NewTurns[T any](zones map[string]T) Turns {
	turns := Turns{}
	for zone := range zones {
		turns[zone] = make(chan struct{}, 1)
	}
	return turns
}

// Take waits for the turn of a zone, and gives what hands it on; a zone that is none of the run has
// none to wait for.
func (t Turns) Take(zone string) (give func()) {
	turn, ok := t[zone]
	if !ok {
		return func() {}
	}
	turn <- struct{}{}
	return func() { <-turn }
}

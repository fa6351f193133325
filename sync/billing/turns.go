package billing

// Turns has one turn for each zone: who has taken it may move money there.
type Turns map[string]chan struct{}

// NewTurns makes the turns of zones. Several names of one zone, which are at one place, share its
// turn; a zone of which nobody knows the place ("") has its own.
func NewTurns[T any](zones map[string]T, placeOf func(T) string) Turns {
	turns, shared := Turns{}, map[string]chan struct{}{}
	for name, zone := range zones {
		place := placeOf(zone)
		if shared[place] == nil || place == "" {
			shared[place] = make(chan struct{}, 1)
		}
		turns[name] = shared[place]
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

package render

import (
	"makesync/spec"
)

// Undo is what an undo plan leaves out: it goes into the text of the plan
// beside the steps that undo what can be undone.
type Undo struct {
	// Run is the run that is undone.
	Run string
	// Changed are objects that somebody has changed since the run; they stay as they are.
	Changed []Left
	// Final are changes of the run that nothing can undo: sent e-mail, a deleted organization, a transfer.
	Final []Left
}

// Left is an object that an undo leaves alone, and why.
type Left struct {
	Address spec.Address
	Reason  string
}

// undoLeft prints what an undo leaves out.
func (p *printer) undoLeft() {
	if p.Undo == nil {
		return
	}
	p.left("Changed since run "+Clean(p.Undo.Run)+", left as it is", p.Undo.Changed)
	p.left("Cannot be undone", p.Undo.Final)
}

func (p *printer) left(heading string, items []Left) {
	if len(items) == 0 {
		return
	}
	p.gap()
	p.line("%s", p.paint(bold, heading))
	for _, item := range items {
		p.item(Clean(string(item.Address)), item.Reason)
	}
}

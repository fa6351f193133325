// Package planner makes plans. In go the documents and the zones that they name; out comes the plan
// that leads from the live state to the desired one:
//
//	zones ─▶ identify ─▶ read, bind, diff (side by side) ─▶ guards ─▶ policies ─▶ preconditions
//	─▶ number, sum up
//
// It is the one place where package state (reading), diff (comparing) and guard (holding back) meet
// for a run; they do not know of each other. What cannot be read is part of the plan and no error.
package planner

// Package observe reads one organization around writes: for apply, for the resolution of a killed
// run, and for an undo. It writes nothing and decides nothing.
//
// In go a zone's reader and the steps of a plan; out come views of their objects (Refresh, View),
// and evidence of what became of a write whose answer says too little (Inspect, Resolve):
//
//	before ──▶ write ──▶ after          the images of a write, from the plan or read just before
//	              ╎
//	            view    ─▶ Applied      it is as it should be
//	                       NotApplied   it is as it was, and the zone had its time
//	                       Conflicting  somebody else's hand, or too early to tell
//	                       Unknown      it cannot be read
//
// An observer reads each kind once for all steps that need it, and follows the run's own writes in
// memory: what it shows is what the zone would.
package observe

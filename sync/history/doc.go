// Package history keeps what makesync remembers between runs, below $XDG_STATE_HOME/makesync:
//
//	runs/R.jsonl   the journal of run R, and nothing else (--journal DIR moves this folder)
//	locks/         one file per zone and shard, locked while a run works
//	used/          one mark per saved plan that was applied
//	seen.json      when a waiting address was first seen, and by how many plans
//	refusals.json  what plans of Make did not offer when it was tried, by organization and licence
//	told/          for each job, of which alerts --notify has told
//
// In go the facts that package apply hands to its Journal; out come them again as a report.Run.
//
//	Store.Begin ─▶ Journal ─ Begin, Intent, Result, … End ─▶ runs/R.jsonl
//	Run ◀──── ParseJournal ◀── Store.Read, Unresolved, Recent ◀──┘
//
// Files are for their owner only (0600, folders 0700) and hold no secrets. A journal only ever
// grows:
//
//	{"type":"begin","format":"makesync.journal/v1","run":"20261122T031500Z-7f3a",…}
//	{"type":"intent","intent":{"step":1,"verb":"updateVariable",…}}
//	{"type":"result","result":{"step":1,"verb":"updateVariable","outcome":"succeeded",…}}
//	{"type":"end","report":{…}}
//
// Each line is on the disk before the call that wrote it returns, so that a killed run leaves at
// most one truncated line and one request whose outcome is open.
package history

// Package sync is the map of the house; the code is in the folders below it. What they do is one
// sentence: the documents and the state give, by diff and guard, a plan; apply walks it and leaves
// a report.
//
//	documents ─ spec/document ─▶ desired ─┐
//	                                      ├─ diff ─▶ changes ─ guard ─▶ may run, held ─▶ plan
//	zone ─ makeapi ─▶ Reader ─▶ state ────┘  └─────────────── planner ───────────────┘    │
//	                                                                                      │
//	zone ◀─ makeapi ◀─ Writer ◀─ apply ◀─────────── confirmed, or saved and read again ◀──┘
//	                              └─▶ journal (history), report ─▶ words (render), exit code (exit)
//
// One folder for each noun or verb of it, each importing only what stands above it:
//
//	exit       exit codes and which wins, classes of failed calls, causes of a stop
//	billing    prices, catalogue, costs, payment methods: values and words
//	state      what a zone holds and how it is asked
//	plan       a plan as data: steps, order, risk, preconditions, digest; its file
//	grouping   what organizations have in common in a plan
//	savedplan  may a plan from a file be applied now, and its secrets
//	diff       desired and live state of one organization → changes, waiting, problems
//	guard      changes → those that may run, and those that are held
//	planner    makes a plan: reads, compares, guards, orders, numbers
//	report     what a run did, also read back from a journal; reports of shards
//	observe    what the zone shows of one organization around a write
//	apply      walks a plan; resumes a run. Decides nothing
//	undo       which desired state reverses a run
//	offline    zones without a network: snapshots, and documents (--base)
//	export     documents out of live states: export, migrate
//	compare    two sides, field by field
//	fleet      many organizations at once: status, doctor
//	policy     rules over plans, in CEL
//	approval   signatures over plans
//
// Around the pipeline stand the adapters, which do not know of each other:
//
//	makeapi    the only HTTP client
//	sandbox    the simulated zone, on the standard library alone
//	history    journals, locks and marks on disk
//	lock       one run at a time for each zone on a machine
//	pager      a long text, in the program that the user has chosen for it
//	revision   documents at another revision of their git repository
//	commandline a command as data, and the line to paste
//	atomicfile files that appear whole or not at all
//	licences   the licences of the modules in the binary
//	render     words: text, JSON, Markdown, HTML
//	notify     who is told how a run ended
//	help       the reference, as topics that the binary embeds
//	command    flags, prompts, files; imports all of them
//
// And for tests: zonetest (a fake zone), plantest (plans from it), e2e (scripts against the
// binary), bench (measurements). layout_test.go holds the code to this page.
package sync

// Package render makes the words: plans, reports, problems and runs as text, JSON, Markdown and
// HTML. In goes plain data of the packages below and an io.Writer; out come bytes, the same for the
// same input. The package decides nothing, reads no clock and knows no terminal: colour, width and
// everything else that depends on the surroundings comes in through Options.
//
//	err := render.Plan(os.Stdout, plan, render.Options{Width: 100})
//
// One function for each block of output, over a writer of lines:
//
//	Plan, Report, Runs, Compare, …            one of them writes a whole text
//	   │  writeZones, writeTable, writeHeld, writeProblems, …    one for each block
//	   │     │  show, object, opWord, text.Count, …              data → words
//	   ▼     ▼
//	printer   line, labelled, item, last: columns, colour       → io.Writer
//	escape.go Clean, cut, fold, columns: what may stand there    (every name and value goes through it)
//
//	Markdown  document ─ items with a rank ─ as many as the budget allows
//	HTML      html_plan.go → page.html, page.css, page.js
//	JSON      the value itself, without nulls, safe on a terminal
//
// # Rules of the text
//
//   - A line is never wider than Options.Width (100, at least 40) columns. Names, addresses and
//     values go on in the next line instead of being cut; sentences are folded at words. Only a
//     value of more than four lines is shortened, and then shows the place where the two sides of
//     the change begin to differ. The exceptions are always whole: a line to paste (`--allow …`,
//     `id: 4711`, a command), the last line, and a problem's first line, which editors and scripts
//     read.
//   - What is the same in several organizations is told once (Options.Group), worst risk first,
//     then the most frequent, with the names of the organizations (names.go).
//   - The first column of a change is a symbol for its op: + comes, - goes, ~ changes, ! is handed
//     over or held. It repeats what the word beside it says.
//   - What could not be read stands first; a zone that gave nothing is an error and no plan.
//   - Colour repeats what words say already; without it nothing is lost.
//   - A text value stands bare where that is unambiguous and in double quotes, with escapes, where
//     it is not ("5", "", "a\nb"). "-" is the side of a change that is not there.
//   - Names and values are hostile: control characters, bidirectional overrides and invisible
//     characters are shown as escapes, and so are letters that are taken for others (see escape.go
//     and difference.go).
//
// # The last line
//
// Plan, Report, Problems and Compare end with one line for grep and awk. Its grammar:
//
//	line    = "makesync: " verb ": " counts "; exit " code " (" name ")" LF
//	verb    = "plan" | "apply" | "validate" | …        the command
//	counts  = plan | report | problems | compare
//	plan    = N " to change" [ " (" N " " op { ", " N " " op } ")" ] ", " N " waiting, " N " held"
//	op      = "create" | "update" | "delete" | "invite" | "transfer"      in this order, without zeros
//	report  = N " planned, " N " succeeded, " N " failed, " N " skipped, " N " unknown, " N " waiting, " N " held"
//	compare = N " same, " N " different, " N " only in a, " N " only in b, " N " not compared"
//	problems = N " error" [ "s" ] ", " N " warning" [ "s" ] | "not confirmed"
//	code    = decimal exit code; name = its name in JSON ("ok", "changes", "held", …)
//
// For example:
//
//	makesync: plan: 3 to change (1 create, 2 update), 1 waiting, 0 held; exit 0 (ok)
package render

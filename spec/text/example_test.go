package text_test

import (
	"fmt"

	"makesync/spec/text"
)

// A name that would clear a terminal, in a sentence; and a hint for a wrong key.
func Example() {
	fmt.Println("the organization", text.Quote("Acme\x1b[2J"), "has", text.Count(1200, "variable", "variables"))
	fmt.Println(text.OneLine("Acme\x1b[2J\n Automation"))
	fmt.Println("unknown key", text.BackquoteKey("timezon: hunter2")+";",
		text.DidYouMean("timezon", []string{"name", "timezone"}))
	// Output:
	// the organization "Acme\x1b[2J" has 1,200 variables
	// Acme [2J Automation
	// unknown key `timezon…`; did you mean `timezone`?
}

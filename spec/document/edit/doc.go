// Package edit changes single values in the text of a document and leaves every other byte as it
// stands: comments, order, anchors, quotes, line ends.
//
//	file, err := edit.Open("acme.yaml", data)
//	err = file.Set(edit.Place{Organization: "acme"}, edit.Variable("RETRIES", text))
//	data, err = file.Bytes()
//	fmt.Print(file.Diff())
//
// The parser tells where a value begins, and not where it ends; so its end is looked for here, and
// what comes out is parsed again: nothing may have changed in the tree but the places that were
// set. What cannot be changed so is an error, and the file stays as it is.
package edit

// Package text is the one home of cleaning, quoting, counting and comparing words.
//
// A text that comes from a document or from an API may hold line feeds, escape sequences of a
// terminal or characters that reorder a line. It goes in here before it becomes part of a message:
//
//	Visible    keeps every character, and shows what is not printable by its number
//	Clean      Visible, cut to a length that fits a message
//	OneLine    drops what does not print and joins white space: names and causes in sentences
//	ShortLine  OneLine that drops escape sequences as a whole, cut to a length: answers of an API
//
//	Backquote  `API_BASE`         a key or public value of a document
//	Quote      "Acme\tInc"        a name of an API in a sentence
//	ShellQuote 'Acme Inc'         a word to paste into a shell
//
//	Or         a, b or c          And       a, b and c
//	Commas     a, b, and 7 more   AndMore   a, b and 7 more
//	Number     1,234              Count     1,234 changes
//	Nearest    the known words most like a wrong one; DidYouMean makes a hint of the best
//
// Escaping that a format asks for (Markdown, HTML, JSON, YAML) stands with the code that writes the
// format.
package text

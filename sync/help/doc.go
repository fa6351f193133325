// Package help holds the topics of `makesync help TOPIC`: Markdown pages, which the repository
// shows as they are and the binary embeds. In goes a name or a word, out come a page or the rows of
// its tables that explain the word.
//
//	topics/*.md ─┬─▶ Find("guards") ─▶ Topic ─▶ Text(width)   makesync help guards
//	             └─▶ Explain("maxDeletes") ─▶ []Entry         makesync explain maxDeletes
//	Manual{…}.Roff()                                          makesync help --man DIR
//
// It imports nothing of makesync, so that every command may ask it.
package help

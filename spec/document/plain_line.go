package document

import (
	"bytes"
	"slices"
)

// plainLine reads `key: value`, or a value alone (key is empty), without the indentation. ok is
// false when what begins in the line may go on in the next one, or may mean something elsewhere.
func plainLine(line []byte) (key, value []byte, ok bool) {
	if n := quotedSize(line); n > 0 {
		rest := line[n:]
		if len(rest) == 0 || rest[0] != ':' {
			return nil, line, isNothing(rest)
		}
		key, value = line[1:n-1], rest[1:]
	} else {
		before, after, found := bytes.Cut(line, []byte(":"))
		if !found || len(after) > 0 && after[0] != ' ' {
			return nil, line, isPlainValue(line)
		}
		if !isPlainKey(before) {
			return nil, nil, false
		}
		key, value = before, after
	}
	switch {
	case len(key) == 0 || len(value) > 0 && value[0] != ' ':
		return nil, nil, false
	case isNothing(value):
		return key, nil, true
	}
	value = bytes.TrimLeft(value, " ")
	return key, value, isPlainValue(value)
}

func isPlainKey(text []byte) bool {
	for i, c := range text {
		if !isAlphanumeric(c) && (i == 0 || !bytes.ContainsRune([]byte("-.@+/ "), rune(c))) {
			return false
		}
	}
	return len(text) > 0 && text[len(text)-1] != ' '
}

func isAlphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}

// isNothing tells whether only blanks, or a comment behind one, follow.
func isNothing(rest []byte) bool {
	text := bytes.TrimLeft(rest, " ")
	return len(text) == 0 || text[0] == '#' && len(text) < len(rest)
}

func isPlainValue(value []byte) bool {
	if len(value) == 0 {
		return false
	}
	switch c := value[0]; {
	case c == '"' || c == '\'':
		n := quotedSize(value)
		return n > 0 && isNothing(value[n:])
	case c == '{' || c == '[':
		n := flowSize(value)
		return n > 0 && isNothing(value[n:])
	}
	return plainSize(value) > 0
}

// plainSize is the size of a text without quotes, up to the end of the line or a comment; 0: there
// is none.
func plainSize(value []byte) int {
	if !beginsPlainly(value) {
		return 0
	}
	text, _, _ := bytes.Cut(value, []byte(" #"))
	text = bytes.TrimRight(text, " ")
	if bytes.Contains(text, []byte(": ")) || bytes.HasSuffix(text, []byte(":")) {
		return 0
	}
	return len(text)
}

// plainSizeInBrackets is the size of a text without quotes in brackets; 0: there is none.
func plainSizeInBrackets(value []byte) int {
	size := slices.IndexFunc(value, func(c byte) bool { return c == ',' || c == ']' || c == '}' })
	if size < 0 || !beginsPlainly(value) {
		return 0
	}
	text := bytes.TrimRight(value[:size], " ")
	for i, c := range text {
		isURL := c == ':' && i+1 < len(text) && text[i+1] == '/'
		if !isAlphanumeric(c) && c < 0x80 && !isURL && !bytes.ContainsRune([]byte(" -.@+/$~"), rune(c)) {
			return 0
		}
	}
	return len(text)
}

// beginsPlainly tells whether a text begins like one without quotes: with no sign that means
// something in YAML.
func beginsPlainly(value []byte) bool {
	c := value[0]
	isSigned := c == '-' && len(value) > 1 && isAlphanumeric(value[1])
	return isAlphanumeric(c) || c >= 0x80 || isSigned || bytes.ContainsRune([]byte("$./~+("), rune(c))
}

// quotedSize is the size of a text in quotes that holds neither escapes nor its own quote; 0: there
// is none.
func quotedSize(text []byte) int {
	if len(text) == 0 || text[0] != '"' && text[0] != '\'' {
		return 0
	}
	end := bytes.IndexByte(text[1:], text[0]) + 1
	if end == 0 || bytes.IndexByte(text[:end], '\\') >= 0 || end+1 < len(text) && text[end+1] == text[0] {
		return 0
	}
	return end + 1
}

// flowSize is the size of a mapping or list in brackets that ends in this line; 0: there is none.
func flowSize(text []byte) int {
	var open []byte
	begins := true // something may begin here
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == ' ':
		case c == '{' || c == '[':
			if !begins {
				return 0
			}
			open = append(open, c+2) // the closing one stands two behind the opening one
		case c == '}' || c == ']':
			if open[len(open)-1] != c {
				return 0
			}
			if open = open[:len(open)-1]; len(open) == 0 {
				return i + 1
			}
			begins = false
		case c == ',' || c == ':' && i+1 < len(text) && text[i+1] == ' ':
			begins = true
		case c == '"' || c == '\'':
			n := quotedSize(text[i:])
			if !begins || n == 0 {
				return 0
			}
			i += n - 1
			begins = false
		case c == '#' || begins && !beginsPlainly(text[i:]):
			return 0
		default:
			begins = false
		}
	}
	return 0
}

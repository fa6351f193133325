package spec

// AcceptsName tells whether a document may name an organization or an invitee so.
func AcceptsName(name string) bool { return badName(name) == "" }

// AcceptsVariableName tells whether a document may name a variable so.
func AcceptsVariableName(name string) bool { return badVariableName(name) == "" }

// AcceptsEmail tells whether a document may name a person by this e-mail.
func AcceptsEmail(email string) bool { return isEmail(email) }

// AcceptsKey tells whether a document may call an organization so.
func AcceptsKey(key string) bool { return isKey(key) && !isExtension(key) }

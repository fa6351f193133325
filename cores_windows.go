package main

// keepNoCore does nothing: Windows leaves no file of a process that crashes unless an administrator
// has asked for it.
func keepNoCore() {}

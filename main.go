// Command makesync keeps organizations on Make as a set of YAML files says.
package main

func main() {}

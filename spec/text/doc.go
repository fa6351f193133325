// Package text makes words out of what programs know.
package text

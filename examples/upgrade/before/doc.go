// Command before is an authorization server on fosite, of the usual shape.
package main

package main

type violation struct{}

type annotation struct{}

func validate(asked question) result { return result{} }

func describe(asked question) result { return result{} }

"""Fitting, scoring, saving and loading models on tables. Pure: files in, files out, no platform.

A model is a directory of text and arrays, never of pickles, and answers rows in the form in which they are journalled.
"""

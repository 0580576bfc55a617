"""What marking found, said to a teacher, a student, a class, a program."""

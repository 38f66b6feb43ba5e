"""People come home: who arrived, from where, where they stand, and what each is asked and owed."""

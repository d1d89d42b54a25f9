"""What people see and touch: draws views, sends commands. The only home of Kivy."""

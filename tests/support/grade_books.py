"""The tables that learning platforms export, to be filled in with grades."""

# https://github.com/moodle/moodle, mod/assign/gradingtable.php: what a worksheet has that is downloaded
MOODLE = """\
Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",\
"Last modified (submission)","Last modified (grade)","Feedback comments"
"Participant 101","Jane Doe",jane@uni.example,"Submitted for grading",,100.00,Yes,"2 March 2026, 9:00 PM",-,
"Participant 102","Bob Roe",bob@uni.example,"Submitted for grading",55.00,"50,00",Yes,-,-,old
"Participant 103","Xu Li",xu@uni.example,"No submission",-5.00,100.00,Yes,-,-,
"""
# https://github.com/instructure/canvas-lms, lib/gradebook_importer.rb
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (771),Homework 2 (772),Current Score,Final Score
"    Points Possible",,,,,10,20,(read only),(read only)
"Doe, Jane",5001,u1,jane,A,,3,77.5,70
"Roe, Bob",5002,u2,bob,A,1,,,
"Li, Xu",5003,u3,xu,B,,,,
"Student, Test",5999,,,A,,,,
"""
# https://prairielearn.readthedocs.io/en/latest/manualGrading/
PRAIRIELEARN = """\
uid,uin,qid,old_score_perc,old_feedback,old_auto_points,old_manual_points,submission_id,params,true_answer,\
submitted_answer,old_partial_scores,partial_scores,score_perc,feedback
jane@uni.example,1,mlp,0,,0,0,42983,{},{},"{""ans"": ""1, 2""}",,,,
bob@uni.example,2,mlp,0,,0,0,42984,{},{},{},,,,
xu@uni.example,3,mlp,0,,0,0,42985,{},{},{},,,,
"""
TABLES = {"moodle": MOODLE, "canvas": CANVAS, "prairielearn": PRAIRIELEARN}

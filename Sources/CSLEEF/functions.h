/* The functions of SLEEF that this project calls. sleef.h declares the "finz" family only where
   the compiler is told of fused multiply-add, and all of SLEEF's vector types with it; the library
   has them everywhere. */
double Sleef_finz_expd1_u10purecfma(double);
double Sleef_finz_expm1d1_u10purecfma(double);
double Sleef_finz_logd1_u10purecfma(double);
double Sleef_finz_log1pd1_u10purecfma(double);
double Sleef_finz_powd1_u10purecfma(double, double);
double Sleef_finz_sind1_u10purecfma(double);
double Sleef_finz_cosd1_u10purecfma(double);
double Sleef_finz_atan2d1_u10purecfma(double, double);
double Sleef_finz_lgammad1_u10purecfma(double);

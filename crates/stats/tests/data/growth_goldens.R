# Reference figures for the growth model: R with lme4 and jsonlite (Debian: r-cran-lme4, r-cran-jsonlite).
#     Rscript growth_goldens.R
# Makes growth_goldens.csv (the data: set,id,session,score) and growth_goldens.json (lme4's answers).
suppressMessages(library(lme4)); library(jsonlite)
set.seed(20260713)
course <- function(n, sessions, sd0, sd1, rho, sigma, b0 = 14, b1 = -2.3, time = log, digits = 2) {
  rows <- list()
  for (i in seq_len(n)) {
    k <- sessions(i)
    u0 <- rnorm(1); u1 <- rho * u0 + sqrt(1 - rho^2) * rnorm(1)
    y <- b0 + sd0 * u0 + (b1 + sd1 * u1) * time(k) + rnorm(length(k), sd = sigma)
    rows[[i]] <- data.frame(id = paste0("p", i), session = k, score = round(y, digits))
  }
  do.call(rbind, rows)
}
identity_time <- function(k) k
# Draws again until lme4 finds the boundary.
singular <- function(draw) repeat {
  data <- draw()
  m <- suppressMessages(suppressWarnings(lmer(score ~ log(session) + (log(session) | id), data)))
  if (isSingular(m)) return(data)
}
sets <- list(
  # Courses of 1 to 20 sessions with holes; a third of the persons have a single score.
  unbalanced = course(150, function(i) if (i %% 3 == 0) 1 else sort(sample(1:20, sample(2:12, 1))), 5, 1.8, -.3, 3),
  # At the boundary: slopes that do not vary; nobody differs; only slopes vary; both move together completely.
  no_slope_variance = singular(function() course(40, function(i) 1:5, 6, 0, 0, 4)),
  no_variance = singular(function() course(30, function(i) 1:4, 0, 0, 0, 5)),
  no_intercept_variance = singular(function() course(40, function(i) 1:7, 0, 2, 0, 4)),
  perfect_correlation = singular(function() course(60, function(i) 1:6, 3, 1.2, -1, 3)),
  few = course(5, function(i) 1:4, 5, 1.5, 0, 2),
  # Real, negative and far-away times.
  weeks = course(80, function(i) round(sort(runif(6, -3, 12)), 1), 4, .4, .2, 2, b0 = 20, b1 = -.6, time = identity_time),
  years = course(60, function(i) 2015 + round(sort(runif(5, 0, 8)), 2), 4, .5, .1, 2, b0 = 900, b1 = -.4,
                 time = function(k) k - 2019),
  # Other units: a small residual beside a large level.
  large_level = course(80, function(i) 1:6, 40, 12, -.4, 9, b0 = 1e5, b1 = -30),
  # Two scores in one session now and then.
  repeated = course(50, function(i) sort(c(1:6, sample(1:6, 2))), 4, 1.5, -.2, 3)
)
time_of <- function(name) if (name %in% c("weeks", "years")) "session" else "log-session"
control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 1e5), check.conv.singular = "ignore",
                       check.conv.grad = "ignore", check.conv.hess = "ignore", check.scaleX = "ignore")
answers <- list()
for (name in names(sets)) {
  data <- sets[[name]]
  session <- time_of(name) == "session"
  # lme4 is given a centred time, because its optimiser needs one; the model is the same one, and is taken back here.
  centre <- if (session) mean(data$session) else 0
  data$x <- if (session) data$session - centre else log(data$session)
  back <- matrix(c(1, 0, -centre, 1), 2)
  for (reml in c(TRUE, FALSE)) {
    m <- suppressMessages(suppressWarnings(lmer(score ~ x + (x | id), data, REML = reml, control = control)))
    V <- back %*% as.matrix(vcov(m)) %*% t(back)
    G <- back %*% matrix(VarCorr(m)$id, 2) %*% t(back)
    answers[[length(answers) + 1]] <- list(
      set = name, time = time_of(name), method = if (reml) "REML" else "ML",
      intercept = unname((back %*% fixef(m))[1]), slope = unname(fixef(m)[2]),
      se_intercept = sqrt(V[1, 1]), se_slope = sqrt(V[2, 2]),
      sd_intercept = sqrt(G[1, 1]), sd_slope = sqrt(G[2, 2]), covariance = G[1, 2],
      residual_sd = sigma(m), log_likelihood = as.numeric(logLik(m)),
      n_persons = nlevels(factor(data$id)), n_scores = nrow(data), singular = isSingular(m))
  }
}
write.csv(do.call(rbind, lapply(names(sets), function(s) cbind(set = s, sets[[s]]))), "growth_goldens.csv",
          row.names = FALSE, quote = FALSE)
writeLines(toJSON(list(made_with = paste0(R.version.string, ", lme4 ", packageVersion("lme4")), fits = answers),
                  auto_unbox = TRUE, digits = 15, pretty = TRUE), "growth_goldens.json")

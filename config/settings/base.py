"""Settings common to every installation; what differs comes from the environment."""

from pathlib import Path
from typing import Any

import environ
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from config.runtime import secret, service_urls
from config.settings.storage import files_storage

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()

# --- Services -------------------------------------------------------------
_urls = service_urls(BASE_DIR)
DATABASES = {"default": env.db_url_config(_urls.database)}
# Every trigger asks this setting; where it is unknown, each row of a statement costs
# an aborted subtransaction.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
    "options", "-c pgtrigger.ignore={}"
)
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
REDIS_URL = _urls.redis
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "portal",
    }
}

# --- Identity of the installation -----------------------------------------
SECRET_KEY = env.str("SECRET_KEY", "") or secret(BASE_DIR, "secret_key")
FIELD_KEY = env.str("FIELD_KEY", "") or secret(BASE_DIR, "field_key")
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
SITE_URL = env.str("SITE_URL", default="")
SITE_NAME = env.str("SITE_NAME", default="教育集团化办学管理平台")

# --- Applications ---------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "whitenoise.runserver_nostatic",
    "pgtrigger",
    "pghistory",
    "guardian",
    "django_celery_beat",
    "django_filters",
    "django_tables2",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "oauth2_provider",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "health_check",
    "audit",
    "core",
    "accounts",
    "bureau",
    "schools",
    "groups",
    "personnel",
    "roster",
    "evaluation",
    "funding",
    "portal",
    "demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.second_factor.SecondFactorMiddleware",
    "core.middleware.AsOfDayMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Templates ------------------------------------------------------------
_LOADERS = [
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [("django.template.loaders.cached.Loader", _LOADERS)],
                )
            ],
            "builtins": ["template_partials.templatetags.partials"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context_processors.shell",
            ],
        },
    }
]
FORM_RENDERER = "core.renderers.PageRenderer"
FILTERS_EMPTY_CHOICE_LABEL = _("不限")

# --- Language and time ----------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("英文"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["core.formats"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

# --- Accounts -------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapters.ClosedSignupAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
SECOND_FACTOR = env.bool("SECOND_FACTOR", default=True)
USERSESSIONS_TRACK_ACTIVITY = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    }
]
SESSION_COOKIE_AGE = 60 * 60 * 8
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None
# Named grants are read through core.access, not through user.has_perm().
# Evidence files are shown in frames of the site's own pages, hence SAMEORIGIN.
SILENCED_SYSTEM_CHECKS = ["guardian.W001", "security.W019"]

# --- Static and uploaded files --------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "var" / "static"))
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(BASE_DIR / "var" / "files"))
STORAGES = {
    "default": files_storage(env),
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
CLAMD = env.str("CLAMD", default="")
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- Browser security -----------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "frame-src": ["'self'"],
        "frame-ancestors": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'self'"],
        "object-src": ["'none'"],
    }
}
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "core.views.errors.csrf_failure"
CSRF_COOKIE_SAMESITE = "Lax"

# --- API ------------------------------------------------------------------
_ONEROSTER = "https://purl.imsglobal.org/spec/or/{}/scope/{}"
ROSTER_SCOPES = {
    _ONEROSTER.format(code, name): format_lazy("OneRoster {} · {}", version, words)
    for code, version in (("v1p2", "1.2"), ("v1p1", "1.1"))
    for name, words in {
        "roster-core.readonly": _("读取各类名册及单个对象"),
        "roster.readonly": _("读取全部名册，包括下级列表"),
        "roster-demographics.readonly": _("读取人口统计信息"),
    }.items()
}
ROSTER_SCOPES[_ONEROSTER.format("v1p2", "roster.createput")] = format_lazy(
    "OneRoster {} · {}", "1.2", _("写入名册")
)
ONEROSTER_PER_MINUTE = env.int("ONEROSTER_PER_MINUTE", default=6000)
TOMBSTONE_DAYS = max(90, env.int("TOMBSTONE_DAYS", default=180))
SYNC_ROW_DAYS = max(30, env.int("SYNC_ROW_DAYS", default=180))
OAUTH2_PROVIDER_APPLICATION_MODEL = "bureau.ApiClient"
OAUTH2_PROVIDER = {
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "SCOPES": {
        "read": _("读取有权查看的数据"),
        "write": _("登记与办理"),
        "import": _("批量导入"),
        **ROSTER_SCOPES,
    },
    "OAUTH2_VALIDATOR_CLASS": "bureau.scopes.GrantingValidator",
    "DEFAULT_SCOPES": ["read"],
    "SCOPES_BACKEND_CLASS": "bureau.scopes.ClientScopes",
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.Server",
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
}
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.clients.ClientTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["core.api.permissions.NamedPermission"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "core.api.pagination.PagePagination",
    "PAGE_SIZE": 50,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.api.problems.problem_handler",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"anon": "60/min", "user": "1200/min"},
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "教育集团化办学管理平台 API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "OAUTH2_FLOWS": ["clientCredentials"],
    "OAUTH2_TOKEN_URL": "/oauth/token/",
    "OAUTH2_SCOPES": {
        **{scope: scope for scope in ("read", "write", "import")},
        _ONEROSTER.format("v1p2", "roster.createput"): "roster.createput",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "roster.inbound.describing.describe_single_writes",
    ],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "GroupStateEnum": "groups.choices.GroupState",
        "CaseStateEnum": "groups.choices.CaseState",
        "DocumentStateEnum": "groups.choices.DocumentState",
        "CaseKindEnum": "groups.choices.CaseKind",
        "DocumentKindEnum": "groups.choices.DocumentKind",
        "GroupOwnershipEnum": "groups.choices.GroupOwnership",
        "ReturnStateEnum": "schools.choices.ReturnState",
        "UnlockStateEnum": "schools.choices.UnlockState",
        "PartnerKindEnum": "schools.choices.PartnerKind",
        "ProjectKindEnum": "schools.choices.ProjectKind",
        "ReductionPlanStateEnum": "schools.choices.PlanState",
        "SchoolOwnershipEnum": "schools.choices.Ownership",
        "StageEnum": "schools.choices.Stage",
        "FrameworkStateEnum": "evaluation.choices.FrameworkState",
        "CycleStateEnum": "evaluation.choices.CycleState",
        "CycleKindEnum": "evaluation.choices.CycleKind",
        "AssessmentStateEnum": "evaluation.choices.AssessmentState",
        "ReportStateEnum": "evaluation.choices.ReportState",
        "GradeEnum": "evaluation.choices.Grade",
    },
}

# --- Jobs -----------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "visibility_timeout": 1200,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 840
CELERY_TASK_DEFAULT_QUEUE = "interactive"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
JOB_HEARTBEAT_SECONDS = env.int("JOB_HEARTBEAT_SECONDS", default=60)

# --- History --------------------------------------------------------------
PGHISTORY_DEFAULT_TRACKERS = ()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"axes": {"level": "WARNING"}},
}

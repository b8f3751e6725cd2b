"""The states of a request in Chinese."""

STATES = {
    "Received": "已受理",
    "Triaged": "已分级",
    "Matching": "匹配中",
    "Assigned": "已派单",
    "InProgress": "服务中",
    "ServiceReported": "已报完成",
    "CallbackDue": "待回访",
    "Reopened": "已重开",
    "OnHold": "已挂起",
    "Escalated": "已上报资金",
    "Closed": "已关闭",
    "ReferredToEmergencyLine": "已转应急专线",
    "Duplicate": "重复",
    "Rejected": "不予受理",
    "Cancelled": "已取消",
    "Withdrawn": "已撤回",
}

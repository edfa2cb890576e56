: Leak, exponential current and adaptation of the AdEx neuron (as a point process: nA, uS, mV)

NEURON {
    POINT_PROCESS adex
    NONSPECIFIC_CURRENT i
    RANGE g_L, E_L, V_T, Delta_T, a, b, tau_w
}

PARAMETER {
    g_L = 0.0043 (uS)
    E_L = -65 (mV)
    V_T = -52 (mV)
    Delta_T = 0.8 (mV)
    a = -0.0008 (uS)
    b = 0.065 (nA)
    tau_w = 88 (ms)
}

STATE { w (nA) }

INITIAL { w = 0 }

BREAKPOINT {
    SOLVE states METHOD cnexp
    i = g_L*(v - E_L) - g_L*Delta_T*exp((v - V_T)/Delta_T) + w
}

DERIVATIVE states {
    w' = (a*(v - E_L) - w)/tau_w
}

POST_EVENT(time) {
    w = w + b
}
